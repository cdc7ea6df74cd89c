module github.com/awsjar/awsjar/e2e

go 1.26

replace github.com/awsjar/awsjar => ../
