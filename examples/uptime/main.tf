# Asks a site every five minutes whether it is up; its state is in a function
# that only holds jars.
# Build first: GOOS=linux GOARCH=arm64 go build -tags lambda.norpc -o bootstrap . && zip uptime.zip bootstrap

variable "site" {
  type        = string
  description = "The URL to ask."
}

resource "aws_lambda_function" "uptime" {
  function_name    = "uptime"
  filename         = "uptime.zip"
  source_code_hash = filebase64sha256("uptime.zip")
  handler          = "bootstrap"
  runtime          = "provided.al2023"
  architectures    = ["arm64"]
  memory_size      = 128
  timeout          = 60
  role             = aws_iam_role.uptime.arn

  environment {
    variables = {
      SITE         = var.site
      JAR_FUNCTION = aws_lambda_function.jars.function_name
    }
  }
}

data "archive_file" "nothing" {
  type        = "zip"
  output_path = "nothing.zip"
  source {
    filename = "index.py"
    content  = "def handler(event, context):\n    return None\n"
  }
}

# Never invoked. All its variables belong to the jars.
resource "aws_lambda_function" "jars" {
  function_name    = "uptime-jars"
  filename         = data.archive_file.nothing.output_path
  source_code_hash = data.archive_file.nothing.output_base64sha256
  handler          = "index.handler"
  runtime          = "python3.13"
  role             = aws_iam_role.uptime.arn

  lifecycle {
    ignore_changes = [environment]
  }
}

resource "aws_iam_role" "uptime" {
  name = "uptime"
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
  role       = aws_iam_role.uptime.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy" "jar" {
  name = "jar"
  role = aws_iam_role.uptime.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration"]
      Resource = aws_lambda_function.jars.arn
    }]
  })
}

resource "aws_cloudwatch_event_rule" "often" {
  name                = "uptime"
  schedule_expression = "rate(5 minutes)"
}

resource "aws_cloudwatch_event_target" "uptime" {
  rule = aws_cloudwatch_event_rule.often.name
  arn  = aws_lambda_function.uptime.arn
}

resource "aws_lambda_permission" "schedule" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.uptime.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.often.arn
}
