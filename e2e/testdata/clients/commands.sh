# The commands of two clients: `sh commands.sh NAME PATH-OF-THE-COMMAND DIRECTORY`.
# The environment leads them to the server; the bucket is there and empty.
set -eu
name=$1 command=$2 cd=$3
cd "$cd"
head -c 9437184 /dev/urandom >large
echo small >small

case $name in
aws)
	"$command" s3 cp small s3://clients/dir/small >/dev/null
	"$command" s3 cp large s3://clients/large >/dev/null
	"$command" s3 cp s3://clients/large got >/dev/null
	cmp large got
	"$command" s3 cp s3://clients/large s3://clients/copy >/dev/null
	[ "$("$command" s3 ls --recursive s3://clients | wc -l)" = 3 ]
	put() { "$command" s3api put-object --bucket clients --key dir/small --body small --query ETag --output text "$@" 2>&1; }
	put --if-none-match '*' | grep -q PreconditionFailed
	put --if-match '"0"' | grep -q PreconditionFailed
	etag=$("$command" s3api head-object --bucket clients --key dir/small --query ETag --output text)
	[ "$(put --if-match "$etag")" = "$etag" ]
	"$command" s3api delete-object --bucket clients --key dir/small --if-match '"0"' 2>&1 | grep -q PreconditionFailed
	"$command" s3api delete-object --bucket clients --key dir/small --if-match "$etag"
	[ "$(put --if-none-match '*')" = "$etag" ]
	"$command" s3 sync . s3://clients/all >/dev/null
	"$command" s3 rm --recursive s3://clients >/dev/null
	[ -z "$("$command" s3 ls s3://clients)" ]
	"$command" lambda invoke --function-name echo --payload '{"a":1}' out >/dev/null
	grep -q '"a":1' out
	;;
s3cmd)
	host=${AWS_ENDPOINT_URL#http://}
	run() { "$command" --no-progress --no-ssl --host "$host" --host-bucket "$host" --multipart-chunk-size-mb 5 "$@"; }
	run put small s3://clients/dir/small >/dev/null
	run put large s3://clients/large >/dev/null
	run get --force s3://clients/large got >/dev/null
	cmp large got
	run --add-header 'If-None-Match: *' put small s3://clients/new >/dev/null
	etag=\"$(md5sum <small | cut -d' ' -f1)\"
	for condition in 'If-None-Match: *' 'If-Match: "0"'; do
		if run --add-header "$condition" put small s3://clients/new >out 2>&1; then
			echo "$condition was not kept" && exit 1
		fi
		grep -q PreconditionFailed out
	done
	run --add-header "If-Match: $etag" put small s3://clients/new >/dev/null
	run del s3://clients/new >/dev/null
	run cp s3://clients/large s3://clients/copy >/dev/null
	[ "$(run ls --recursive s3://clients | wc -l)" = 3 ]
	run del --recursive --force s3://clients >/dev/null
	[ -z "$(run ls s3://clients)" ]
	;;
rclone)
	run() { "$command" --config /dev/null --s3-provider Other --s3-force-path-style --s3-no-check-bucket --s3-acl bucket-owner-full-control --s3-env-auth --s3-endpoint "$AWS_ENDPOINT_URL" --s3-region "$AWS_REGION" --s3-chunk-size 5M --s3-upload-cutoff 5M "$@"; }
	run copy small :s3:clients/dir
	run copy large :s3:clients
	run copyto :s3:clients/large got
	cmp large got
	run copyto :s3:clients/large :s3:clients/copy
	[ "$(run lsf -R --files-only :s3:clients | wc -l)" = 3 ]
	run check . :s3:clients --include large
	etag=\"$(md5sum <small | cut -d' ' -f1)\"
	run copyto --header-upload 'If-None-Match: *' small :s3:clients/new
	echo other >small
	for condition in 'If-None-Match: *' 'If-Match: "0"'; do
		if run copyto --retries 1 --low-level-retries 1 --header-upload "$condition" small :s3:clients/new >out 2>&1; then
			echo "$condition was not kept" && exit 1
		fi
		grep -q PreconditionFailed out
	done
	run copyto --header-upload "If-Match: $etag" small :s3:clients/new
	[ "$(run cat :s3:clients/new)" = other ]
	run delete :s3:clients
	[ -z "$(run lsf :s3:clients)" ]
	;;
esac
echo ok "$name"
