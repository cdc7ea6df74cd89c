# A function that only holds jars, for any number of others. It is never
# invoked, so that writes make nothing start cold, and it has no variables but
# those of the jars, so that nothing else changes them.

data "archive_file" "nothing" {
  type        = "zip"
  output_path = "nothing.zip"
  source {
    filename = "index.py"
    content  = "def handler(event, context):\n    return None\n"
  }
}

resource "aws_lambda_function" "jars" {
  function_name    = "jars"
  filename         = data.archive_file.nothing.output_path
  source_code_hash = data.archive_file.nothing.output_base64sha256
  handler          = "index.handler"
  runtime          = "python3.13"
  role             = aws_iam_role.jars.arn

  # No environment block here, and none that is found is removed.
  lifecycle {
    ignore_changes  = [environment]
    prevent_destroy = true # the jars would go with it
  }
}

# A function needs a role, even if it is never invoked. This one may nothing.
resource "aws_iam_role" "jars" {
  name = "jars"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

# Attach one of these to the role of each program.
resource "aws_iam_policy" "read_jars" {
  name = "read-jars"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "lambda:GetFunctionConfiguration"
      Resource = aws_lambda_function.jars.arn
    }]
  })
}

resource "aws_iam_policy" "write_jars" {
  name = "write-jars"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration"]
      Resource = aws_lambda_function.jars.arn
    }]
  })
}
