# Receives orders at a function URL and charges for each at most once.
# Build first: GOOS=linux GOARCH=arm64 go build -tags lambda.norpc -o bootstrap . && zip webhook.zip bootstrap

variable "payments" {
  type        = string
  description = "The URL of the payment service."
}

resource "aws_lambda_function" "webhook" {
  function_name    = "webhook"
  filename         = "webhook.zip"
  source_code_hash = filebase64sha256("webhook.zip")
  handler          = "bootstrap"
  runtime          = "provided.al2023"
  architectures    = ["arm64"]
  memory_size      = 128
  timeout          = 60
  role             = aws_iam_role.webhook.arn

  environment {
    variables = {
      PAYMENTS     = var.payments
      STATE_BUCKET = aws_s3_bucket.state.bucket
    }
  }
}

resource "aws_lambda_function_url" "webhook" {
  function_name      = aws_lambda_function.webhook.function_name
  authorization_type = "AWS_IAM"
}

resource "aws_s3_bucket" "state" {
  bucket_prefix = "webhook-state-"
}

resource "aws_s3_bucket_lifecycle_configuration" "state" {
  bucket = aws_s3_bucket.state.id
  rule {
    id     = "old-orders"
    status = "Enabled"
    filter {
      prefix = "orders/"
    }
    expiration {
      days = 30
    }
  }
}

resource "aws_iam_role" "webhook" {
  name = "webhook"
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
  role       = aws_iam_role.webhook.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy" "state" {
  name = "state"
  role = aws_iam_role.webhook.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = "${aws_s3_bucket.state.arn}/orders/*"
      },
      # Tells "nothing stored yet" from "not allowed".
      {
        Effect    = "Allow"
        Action    = "s3:ListBucket"
        Resource  = aws_s3_bucket.state.arn
        Condition = { StringLike = { "s3:prefix" = "orders/*" } }
      },
    ]
  })
}
