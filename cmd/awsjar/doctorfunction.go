package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/awsjar/awsjar/internal/jarvar"
	"github.com/awsjar/awsjar/lambdajar"
)

// function looks at the function that holds the state.
func (d *examination) function(ctx context.Context, client *lambda.Client) {
	out, err := client.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &d.target.Function})
	if err != nil || out.Configuration == nil {
		for _, name := range []string{"clock", "variables", "ids", "reading", "update", "deployment"} {
			d.untested(name, err)
		}
		return
	}
	now, _ := middleware.GetServerTime(out.ResultMetadata)
	d.clock(now)
	d.variables(out.Configuration)
	d.reading(out.Configuration)
	d.lastUpdate(out.Configuration)
	d.deployment(out.Tags)
}

// variables looks at whether the variables can be decrypted, and whether those
// for ids hold somebody else's values.
func (d *examination) variables(f *lambdatypes.FunctionConfiguration) {
	environment := f.Environment
	if environment == nil {
		environment = new(lambdatypes.EnvironmentResponse)
	}
	if broken := environment.Error; broken != nil {
		key := cmp.Or(aws.ToString(f.KMSKeyArn), "the key of the function")
		d.found("variables", failed, fmt.Sprintf("AWS Lambda cannot decrypt them for you: %s: %s", aws.ToString(broken.ErrorCode), aws.ToString(broken.Message)),
			"allow yourself kms:Decrypt for "+key)
		d.found("ids", notTested, "the variables cannot be read", "")
		return
	}
	text := "they are encrypted by the key of AWS Lambda"
	if f.KMSKeyArn != nil {
		text = "they are encrypted by " + *f.KMSKeyArn
	}
	d.found("variables", good, text, "")
	lookup := func(name string) (string, bool) { value, ok := environment.Variables[name]; return value, ok }
	for _, variable := range slices.Sorted(maps.Keys(environment.Variables)) {
		jar, ok := strings.CutSuffix(variable, jarvar.LineName(""))
		if !ok {
			continue
		}
		if err := jarvar.CheckOwner(jar, lookup); err != nil {
			d.failedAt("ids", err)
			return
		}
	}
	d.found("ids", good, "no variable for the ids of writes holds another value", "")
}

// reading looks at how long the function takes to unpack the value.
func (d *examination) reading(f *lambdatypes.FunctionConfiguration) {
	u, memory := d.measured, aws.ToInt32(f.MemorySize)
	switch {
	case d.unread:
		d.found("reading", notTested, "the value cannot be read", "")
		return
	case u.Limit == 0 || memory == 0:
		d.found("reading", notTested, "the value cannot be measured", "")
		return
	case u.OverflowSize > 0:
		d.found("reading", good, fmt.Sprintf("the value is in the overflow: a read takes one more request, of %d bytes", u.OverflowSize), "")
		return
	case u.Form == "":
		d.found("reading", good, "nothing is stored", "")
		return
	case u.Form == lambdajar.FormPlain:
		d.found("reading", good, "the value is stored as plain text: there is nothing to unpack", "")
		return
	}
	const wholeProcessor = 1769 // MB; see readTimes
	takes := u.Cost * wholeProcessor / time.Duration(min(memory, wholeProcessor))
	text := fmt.Sprintf("the value is stored in the form %s: with the function's %d MB of memory a read takes some %v", u.Form, memory, takes.Round(100*time.Microsecond))
	if limit := time.Duration(aws.ToInt32(f.Timeout)) * time.Second; takes > limit/10 {
		d.found("reading", doubt, fmt.Sprintf("%s, and the function's timeout is %v", text, limit), "keep less in the state, or give the function more memory; see awsjar usage "+quote(d.url))
		return
	}
	d.found("reading", good, text, "")
}

// lastUpdate looks at how the last update of the function went.
func (d *examination) lastUpdate(f *lambdatypes.FunctionConfiguration) {
	switch f.LastUpdateStatus {
	case lambdatypes.LastUpdateStatusFailed:
		d.found("update", failed, "the last update of the function failed: "+aws.ToString(f.LastUpdateStatusReason), "mend the reason, and write again")
	case lambdatypes.LastUpdateStatusInProgress:
		d.found("update", doubt, "an update of the function is in progress", "wait: aws lambda wait function-updated --function-name "+quote(d.target.Function))
	default:
		d.found("update", good, "no update of the function is in progress", "")
	}
}

// deployers are tags of tools that set all variables of a function at each
// deployment.
var deployers = []struct{ tag, tool string }{
	{"aws:cloudformation:stack-name", "CloudFormation"}, {"lambda:createdBy", "SAM"},
	{"STAGE", "Serverless Framework"}, {"aws-chalice", "Chalice"},
}

// deployment looks for tools that would reset the state.
func (d *examination) deployment(tags map[string]string) {
	for _, deployer := range deployers {
		if value, ok := tags[deployer.tag]; ok {
			d.found("deployment", doubt, fmt.Sprintf("%s deploys the function (tag %s=%s), and may reset the state each time", deployer.tool, deployer.tag, value),
				"keep the state elsewhere, such as in s3://BUCKET/KEY, or let the deployment leave the variable alone")
			return
		}
	}
	d.found("deployment", good, "no tag of a tool that resets variables", "")
}
