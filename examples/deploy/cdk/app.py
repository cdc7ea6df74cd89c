"""A function behind an alias, and a function that holds its jar.

    pip install -r requirements.txt && cdk deploy

Jars has no environment here: CloudFormation leaves variables alone that the
template does not speak of.
"""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

NOTHING = "def handler(event, context):\n    return None\n"

app = cdk.App()
stack = cdk.Stack(app, "Worker")

# Never invoked, so that writes make nothing start cold.
jars = lambda_.Function(
    stack,
    "Jars",
    runtime=lambda_.Runtime.PYTHON_3_13,
    handler="index.handler",
    code=lambda_.Code.from_inline(NOTHING),
)
jars.apply_removal_policy(cdk.RemovalPolicy.RETAIN)  # the jars would go with it

worker = lambda_.Function(
    stack,
    "Worker",
    runtime=lambda_.Runtime.PYTHON_3_13,
    handler="index.handler",
    code=lambda_.Code.from_inline(NOTHING),  # yours: Code.from_asset
    environment={"STAGE": "prod", "JAR_FUNCTION": jars.function_name},
)
worker.add_to_role_policy(
    iam.PolicyStatement(
        actions=["lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration"],
        resources=[jars.function_arn],
    )
)

# Invoke this. CDK publishes a version whenever code or configuration changed.
lambda_.Alias(stack, "Live", alias_name="live", version=worker.current_version)

app.synth()
