# Works through a paged source every night; its cursor and its lease are in S3.
# Build first: GOOS=linux GOARCH=arm64 go build -tags lambda.norpc -o bootstrap . && zip nightly.zip bootstrap

variable "source_url" {
  type        = string
  description = "The URL of the source."
}

resource "aws_lambda_function" "nightly" {
  function_name    = "nightly"
  filename         = "nightly.zip"
  source_code_hash = filebase64sha256("nightly.zip")
  handler          = "bootstrap"
  runtime          = "provided.al2023"
  architectures    = ["arm64"]
  memory_size      = 128
  timeout          = 900
  role             = aws_iam_role.nightly.arn

  environment {
    variables = {
      SOURCE       = var.source_url
      STATE_BUCKET = aws_s3_bucket.state.bucket
    }
  }
}

resource "aws_s3_bucket" "state" {
  bucket_prefix = "nightly-state-"
}

# Earlier versions of the state, for awsjar history and restore.
resource "aws_s3_bucket_versioning" "state" {
  bucket = aws_s3_bucket.state.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "state" {
  bucket = aws_s3_bucket.state.id
  rule {
    id     = "old-versions"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration {
      noncurrent_days           = 30
      newer_noncurrent_versions = 50
    }
  }
}

resource "aws_iam_role" "nightly" {
  name = "nightly"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.nightly.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy" "state" {
  name = "state"
  role = aws_iam_role.nightly.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = ["${aws_s3_bucket.state.arn}/nightly.json", "${aws_s3_bucket.state.arn}/nightly.lease"]
      },
      # Tells "nothing stored yet" from "not allowed".
      {
        Effect    = "Allow"
        Action    = "s3:ListBucket"
        Resource  = aws_s3_bucket.state.arn
        Condition = { StringEquals = { "s3:prefix" = ["nightly.json", "nightly.lease"] } }
      },
    ]
  })
}

resource "aws_cloudwatch_event_rule" "schedule" {
  name                = "nightly"
  schedule_expression = "cron(0 3 * * ? *)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule = aws_cloudwatch_event_rule.schedule.name
  arn  = aws_lambda_function.nightly.arn
}

resource "aws_lambda_permission" "schedule" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.nightly.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.schedule.arn
}
