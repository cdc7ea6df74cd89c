"""Each client puts, gets, lists, uploads something large, writes under a
condition where it can, and deletes: `clients.py NAME`. The environment leads it
to the server; the bucket is there and empty."""

import io
import os
import sys

BUCKET = "clients"
ENDPOINT = os.environ["AWS_ENDPOINT_URL"]
LARGE = os.urandom(9 << 20)  # above the 8 MB from which boto3 uploads in parts


def boto3_client():
    import boto3
    from botocore.exceptions import ClientError

    s3 = boto3.client("s3")
    s3.put_object(Bucket=BUCKET, Key="a/b c+d", Body=b"small", Metadata={"Meta1": "x"}, Tagging="k=v")
    got = s3.get_object(Bucket=BUCKET, Key="a/b c+d")
    assert got["Body"].read() == b"small" and got["Metadata"] == {"meta1": "x"} and got["TagCount"] == 1, got
    s3.upload_fileobj(io.BytesIO(LARGE), BUCKET, "large")
    head = s3.head_object(Bucket=BUCKET, Key="large")
    assert head["ETag"].endswith('-2"') and head["ContentLength"] == len(LARGE), head
    into = io.BytesIO()
    s3.download_fileobj(BUCKET, "large", into)
    assert into.getvalue() == LARGE
    s3.copy({"Bucket": BUCKET, "Key": "large"}, BUCKET, "copy")  # UploadPartCopy
    keys = [o["Key"] for o in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert keys == ["a/b c+d", "copy", "large"], keys
    for condition in ({"IfNoneMatch": "*"}, {"IfMatch": '"0"'}):
        try:
            s3.put_object(Bucket=BUCKET, Key="a/b c+d", Body=b"x", **condition)
            raise AssertionError(condition)
        except ClientError as e:
            assert e.response["Error"]["Code"] == "PreconditionFailed", e
    new = s3.put_object(Bucket=BUCKET, Key="a/b c+d", Body=b"new", IfMatch=got["ETag"])
    s3.put_object(Bucket=BUCKET, Key="first", Body=b"new", IfNoneMatch="*")
    try:
        s3.delete_object(Bucket=BUCKET, Key="first", IfMatch=got["ETag"])
        raise AssertionError("another object was deleted")
    except ClientError as e:
        assert e.response["Error"]["Code"] == "PreconditionFailed", e
    s3.delete_object(Bucket=BUCKET, Key="first", IfMatch=new["ETag"])
    s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": k} for k in keys]})
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)
    assert boto3.client("sts").get_caller_identity()["Account"] == "123456789012"


def lost_answer():
    """A test in Python loses the answer of a write, and sees boto3 try again."""
    import json
    import urllib.request

    import boto3
    from botocore.exceptions import ClientError

    def control(method, path, body=None):
        request = urllib.request.Request(
            ENDPOINT + "/_awsfake/" + path, method=method, data=body and json.dumps(body).encode(),
            headers={"Authorization": "Bearer " + os.environ["AWS_SECRET_ACCESS_KEY"]})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    s3 = boto3.client("s3")
    fault = control("POST", "faults", {"op": "PutObject", "after": True, "drop": True})
    try:
        s3.put_object(Bucket=BUCKET, Key="key", Body=b"x", IfNoneMatch="*")
        raise AssertionError("boto3 did not meet its own write")
    except ClientError as e:
        assert e.response["Error"]["Code"] == "PreconditionFailed", e
    assert control("GET", "faults/" + fault["id"])["fired"] == 1
    puts = [r["status"] for r in control("DELETE", "requests") if r["op"] == "PutObject"]
    assert puts == [0, 412], puts
    s3.delete_object(Bucket=BUCKET, Key="key")


def smart_open():
    import smart_open

    with smart_open.open(f"s3://{BUCKET}/large", "wb") as f:
        f.write(LARGE)
    with smart_open.open(f"s3://{BUCKET}/large", "rb") as f:
        assert f.read() == LARGE
    with smart_open.open(f"s3://{BUCKET}/small", "w") as f:
        f.write("text")
    names = sorted(key for key, _ in smart_open.s3.iter_bucket(BUCKET, workers=1))
    assert names == ["large", "small"], names
    import boto3
    from botocore.exceptions import ClientError

    def write(key, text, whole, **condition):
        call = "put_object" if whole else "complete_multipart_upload"
        options = {"multipart_upload": not whole, "client_kwargs": {"S3.Client." + call: condition}}
        with smart_open.open(f"s3://{BUCKET}/{key}", "w", transport_params=options) as f:
            f.write(text)

    for whole in (True, False):
        key = f"new-{whole}"
        write(key, "1", whole, IfNoneMatch="*")
        etag = boto3.client("s3").head_object(Bucket=BUCKET, Key=key)["ETag"]
        for condition in ({"IfNoneMatch": "*"}, {"IfMatch": '"0"'}):
            try:
                write(key, "2", whole, **condition)
                raise AssertionError(condition)
            except (ClientError, OSError, ValueError) as e:
                assert "PreconditionFailed" in f"{e} {e.__cause__}", e
        write(key, "3", whole, IfMatch=etag)
        assert smart_open.open(f"s3://{BUCKET}/{key}").read() == "3"
    boto3.resource("s3").Bucket(BUCKET).objects.delete()


def minio():
    from minio import Minio
    from minio.error import S3Error

    c = Minio(ENDPOINT.split("//")[1], os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"], secure=False, region="us-east-1")
    c.put_object(BUCKET, "a/small", io.BytesIO(b"small"), 5)
    c.put_object(BUCKET, "large", io.BytesIO(LARGE), -1, part_size=5 << 20)
    assert c.get_object(BUCKET, "large").read() == LARGE
    assert c.stat_object(BUCKET, "large").size == len(LARGE)
    assert [o.object_name for o in c.list_objects(BUCKET, recursive=True)] == ["a/small", "large"]
    try:
        c.get_object(BUCKET, "none")
        raise AssertionError("there is no such object")
    except S3Error as e:
        assert e.code == "NoSuchKey", e
    for name in ("a/small", "large"):
        c.remove_object(BUCKET, name)


def cloudpathlib():
    from cloudpathlib import S3Client

    root = S3Client(endpoint_url=ENDPOINT).CloudPath(f"s3://{BUCKET}/")
    (root / "dir" / "small.txt").write_text("text")
    (root / "large").write_bytes(LARGE)
    assert (root / "dir" / "small.txt").read_text() == "text"
    assert sorted(p.name for p in root.iterdir()) == ["dir", "large"]
    (root / "large").rename(root / "moved")
    assert (root / "moved").stat().st_size == len(LARGE)
    (root / "moved").unlink()
    (root / "dir").rmtree()


def s3fs():
    import s3fs

    fs = s3fs.S3FileSystem(endpoint_url=ENDPOINT)
    with fs.open(f"{BUCKET}/large", "wb") as f:
        f.write(LARGE)
    assert fs.cat(f"{BUCKET}/large") == LARGE
    fs.pipe(f"{BUCKET}/dir/small", b"small")
    assert sorted(fs.find(BUCKET)) == [f"{BUCKET}/dir/small", f"{BUCKET}/large"]

    def create(path, body):
        fs.pipe_file(path, body, mode="create", chunksize=5 << 20)

    def exclusive(path, body):
        with fs.open(path, "xb") as f:
            f.write(body)

    for way in (create, exclusive):
        for size, body in (("small", b"x"), ("large", LARGE)):  # the second is uploaded in parts
            path = f"{BUCKET}/{way.__name__}/{size}"
            way(path, body)
            try:
                way(path, body)
                raise AssertionError("an object was created twice")
            except OSError:
                pass
        fs.rm(f"{BUCKET}/{way.__name__}", recursive=True)
    fs.pipe_file(f"{BUCKET}/dir/small", b"new", IfMatch=fs.info(f"{BUCKET}/dir/small", refresh=True)["ETag"])
    try:
        fs.pipe_file(f"{BUCKET}/dir/small", b"x", IfMatch='"0"')
        raise AssertionError("another object was replaced")
    except OSError:
        pass
    assert fs.cat(f"{BUCKET}/dir/small") == b"new"
    fs.copy(f"{BUCKET}/large", f"{BUCKET}/copy")
    assert fs.info(f"{BUCKET}/copy")["size"] == len(LARGE)
    fs.rm([f"{BUCKET}/large", f"{BUCKET}/copy", f"{BUCKET}/dir/small"])
    assert fs.find(BUCKET) == []


globals()[sys.argv[1]]()
print("ok", sys.argv[1])
