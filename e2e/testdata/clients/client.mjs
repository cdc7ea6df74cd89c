// The JavaScript SDK v3 with lib-storage puts, gets, lists, uploads something
// large, writes under a condition, and deletes.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";

const require = createRequire(process.argv[2] + "/");
const { S3Client, PutObjectCommand, GetObjectCommand, ListObjectsV2Command, DeleteObjectCommand } = require("@aws-sdk/client-s3");
const { Upload } = require("@aws-sdk/lib-storage");

const s3 = new S3Client({ forcePathStyle: true });
const Bucket = "clients";
const put = await s3.send(new PutObjectCommand({ Bucket, Key: "a b/c", Body: "small", Metadata: { Meta1: "x" } }));
const got = await s3.send(new GetObjectCommand({ Bucket, Key: "a b/c" }));
assert.equal(await got.Body.transformToString(), "small");
assert.deepEqual(got.Metadata, { meta1: "x" });
const large = randomBytes(11 << 20);
await new Upload({ client: s3, params: { Bucket, Key: "large", Body: large } }).done();
const back = await s3.send(new GetObjectCommand({ Bucket, Key: "large" }));
assert.ok(large.equals(Buffer.from(await back.Body.transformToByteArray())));
assert.ok(back.ETag.endsWith('-3"'));
const keys = (await s3.send(new ListObjectsV2Command({ Bucket }))).Contents.map((o) => o.Key);
assert.deepEqual(keys, ["a b/c", "large"]);
for (const [Key, ETag, Body] of [["a b/c", put.ETag, "x"], ["large", back.ETag, large]]) {
	const write = (condition) => new Upload({ client: s3, params: { Bucket, Key, Body, ...condition } }).done();
	await assert.rejects(write({ IfNoneMatch: "*" }), { name: "PreconditionFailed" });
	await assert.rejects(write({ IfMatch: '"0"' }), { name: "PreconditionFailed" });
	await write({ IfMatch: ETag });
}
const first = await s3.send(new PutObjectCommand({ Bucket, Key: "first", Body: "x", IfNoneMatch: "*" }));
await assert.rejects(s3.send(new DeleteObjectCommand({ Bucket, Key: "first", IfMatch: put.ETag })), { name: "PreconditionFailed" });
await s3.send(new DeleteObjectCommand({ Bucket, Key: "first", IfMatch: first.ETag }));
for (const Key of keys) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
console.log("ok js");
