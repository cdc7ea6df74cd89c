# Two jars, "jar" and "cursor", in the environment of a function that has other
# variables, too. Change STAGE as often as you like.

variable "stage" {
  type    = string
  default = "prod"
}

resource "aws_lambda_function" "worker" {
  function_name    = "worker"
  filename         = "worker.zip"
  source_code_hash = filebase64sha256("worker.zip")
  handler          = "bootstrap"
  runtime          = "provided.al2023"
  architectures    = ["arm64"]
  role             = aws_iam_role.worker.arn
  publish          = true

  # An empty variable is a jar in which nothing is stored.
  environment {
    variables = {
      STAGE         = var.stage
      jar           = ""
      jar_awsjar    = ""
      cursor        = ""
      cursor_awsjar = ""
    }
  }

  # Always both: without the ids of the last writes a write whose answer was
  # lost ends as ErrUncertain.
  lifecycle {
    ignore_changes = [
      environment[0].variables["jar"],
      environment[0].variables["jar_awsjar"],
      environment[0].variables["cursor"],
      environment[0].variables["cursor_awsjar"],
    ]
  }
}

# Invoke worker:live. It stays at the version that was published by the last
# apply, and stays warm, while the jars are written to $LATEST.
resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.worker.function_name
  function_version = aws_lambda_function.worker.version
}

resource "aws_iam_role" "worker" {
  name = "worker"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "jars" {
  name = "jars"
  role = aws_iam_role.worker.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration"]
      Resource = aws_lambda_function.worker.arn
    }]
  })
}
