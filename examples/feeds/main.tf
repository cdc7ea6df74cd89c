# Polls JSON feeds every quarter of an hour and posts new entries to a webhook;
# its state is in S3.
# Build first: GOOS=linux GOARCH=arm64 go build -tags lambda.norpc -o bootstrap . && zip feeds.zip bootstrap

variable "feeds" {
  type        = string
  description = "The URLs of the feeds, separated by spaces."
}

variable "webhook" {
  type        = string
  description = "The URL that gets each new entry, as JSON."
}

resource "aws_lambda_function" "feeds" {
  function_name    = "feeds"
  filename         = "feeds.zip"
  source_code_hash = filebase64sha256("feeds.zip")
  handler          = "bootstrap"
  runtime          = "provided.al2023"
  architectures    = ["arm64"]
  memory_size      = 128
  timeout          = 60
  role             = aws_iam_role.feeds.arn

  environment {
    variables = {
      FEEDS        = var.feeds
      STATE_BUCKET = aws_s3_bucket.state.bucket
      WEBHOOK      = var.webhook
    }
  }
}

resource "aws_s3_bucket" "state" {
  bucket_prefix = "feeds-state-"
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

resource "aws_iam_role" "feeds" {
  name = "feeds"
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
  role       = aws_iam_role.feeds.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy" "state" {
  name = "state"
  role = aws_iam_role.feeds.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = "${aws_s3_bucket.state.arn}/feeds.json"
      },
      # Tells "nothing stored yet" from "not allowed".
      {
        Effect    = "Allow"
        Action    = "s3:ListBucket"
        Resource  = aws_s3_bucket.state.arn
        Condition = { StringEquals = { "s3:prefix" = "feeds.json" } }
      },
    ]
  })
}

resource "aws_cloudwatch_event_rule" "schedule" {
  name                = "feeds"
  schedule_expression = "rate(15 minutes)"
}

resource "aws_cloudwatch_event_target" "feeds" {
  rule = aws_cloudwatch_event_rule.schedule.name
  arn  = aws_lambda_function.feeds.arn
}

resource "aws_lambda_permission" "schedule" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.feeds.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.schedule.arn
}
