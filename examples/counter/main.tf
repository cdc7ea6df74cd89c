# A counter that keeps its sum in the environment of its own function.
# Build first: GOOS=linux GOARCH=arm64 go build -tags lambda.norpc -o bootstrap . && zip counter.zip bootstrap

resource "aws_lambda_function" "counter" {
  function_name    = "counter"
  filename         = "counter.zip"
  source_code_hash = filebase64sha256("counter.zip")
  handler          = "bootstrap"
  runtime          = "provided.al2023"
  architectures    = ["arm64"]
  memory_size      = 128
  timeout          = 30
  role             = aws_iam_role.counter.arn
  publish          = true

  # The two variables of the jar must be there, so that they can be ignored one
  # by one. An empty variable is a jar in which nothing is stored.
  environment {
    variables = {
      jar        = ""
      jar_awsjar = ""
    }
  }

  lifecycle {
    ignore_changes = [
      environment[0].variables["jar"],
      environment[0].variables["jar_awsjar"],
    ]
  }
}

# Invoke this. Writing the jar deploys $LATEST only, so the published version
# stays warm.
resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.counter.function_name
  function_version = aws_lambda_function.counter.version
}

resource "aws_iam_role" "counter" {
  name = "counter"
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
  role       = aws_iam_role.counter.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy" "jar" {
  name = "jar"
  role = aws_iam_role.counter.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration"]
      Resource = aws_lambda_function.counter.arn
    }]
  })
}
