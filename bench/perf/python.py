"""What the Go clients do, with boto3, and with the original awsjar if it is there.

    python.py cold                       one GET
    python.py boto3|awsjar OP ROUNDS BATCH    warm calls; prints CPU seconds a call, a line for each batch
"""
import json
import resource
import sys

BUCKET, KEY, FUNCTION = "bucket", "state.json", "sams-lambda"
STATE = {"cursor": 41, "note": "all quiet " * 90, "seen": ["first", "second", "third"]}


def with_boto3(op):
    import boto3
    from botocore.config import Config

    s3 = boto3.client("s3", config=Config(s3={"addressing_style": "path"}))
    functions = boto3.client("lambda")

    def get():
        answer = s3.get_object(Bucket=BUCKET, Key=KEY)
        return json.loads(answer["Body"].read()), answer["ETag"]

    def put(state, **condition):
        s3.put_object(Bucket=BUCKET, Key=KEY, Body=json.dumps(state), ContentType="application/json", **condition)

    def update():
        state, etag = get()
        state["cursor"] += 1
        put(state, IfMatch=etag)

    def configuration():
        answer = functions.get_function_configuration(FunctionName=FUNCTION)
        return answer, json.loads(answer["Environment"]["Variables"]["jar"])

    def update_function():
        answer, state = configuration()
        state["cursor"] += 1
        variables = answer["Environment"]["Variables"]
        variables["jar"] = json.dumps(state)
        functions.update_function_configuration(
            FunctionName=FUNCTION, RevisionId=answer["RevisionId"], Environment={"Variables": variables}
        )

    return {
        "s3-get": get,
        "s3-put": lambda: put(STATE),
        "s3-update": update,
        "lambda-get": configuration,
        "lambda-update": update_function,
    }[op]


def with_awsjar(op):
    import awsjar

    if op.startswith("lambda"):
        jar = awsjar.Jar(FUNCTION)
    else:
        jar = awsjar.Bucket(BUCKET, key=KEY)

    def update():  # the original has none; other writers are not noticed
        state = jar.get()
        state["cursor"] += 1
        jar.put(state)

    return {"get": jar.get, "put": lambda: jar.put(STATE), "update": update}[op.partition("-")[2]]


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main():
    if sys.argv[1:] == ["cold"]:
        with_boto3("s3-get")()
        return
    client, op, rounds, batch = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    call = {"boto3": with_boto3, "awsjar": with_awsjar}[client](op)
    call()
    for _ in range(rounds):
        start = cpu()
        for _ in range(batch):
            call()
        print((cpu() - start) / batch, flush=True)


main()
