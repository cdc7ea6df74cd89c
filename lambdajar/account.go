package lambdajar

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/awsjar/awsjar/internal/failure"
	"github.com/awsjar/awsjar/internal/jarvar"
)

// Found is a jar that [Jars] found. It holds no value, of the jar or of another
// variable. Sizes are bytes as AWS counts them.
type Found struct {
	Function string
	Name     string    // of the variable; "" if the variables are Hidden
	Used     int       // by all variables of the function, of [Limit]
	State    int       // of Used: by this jar, with its names and the ids of its writes
	Overflow int64     // bytes of the value itself if it is in an overflow
	Modified time.Time // when the function was last changed: its jar not later than that
	Hidden   bool      // AWS Lambda cannot decrypt the variables for the caller: there may be a jar
}

// Lister is the part of a client of AWS Lambda that [Jars] uses.
type Lister interface {
	ListFunctions(ctx context.Context, in *lambda.ListFunctionsInput, optFns ...func(*lambda.Options)) (*lambda.ListFunctionsOutput, error)
}

// Jars yields the jars of all functions of the account in the client's Region, by
// one request for each 50 functions. A variable is a jar if the ids of its writes
// stand beside it, or if its name is the default one. An error ends it.
func Jars(ctx context.Context, client Lister) iter.Seq2[Found, error] {
	return func(yield func(Found, error) bool) {
		pages := lambda.NewListFunctionsPaginator(client, &lambda.ListFunctionsInput{})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx, atMost)
			if err != nil {
				account := &Store{function: "*"}
				yield(Found{}, failure.At("lambda://", account.explain(ctx, "ListFunctions", err)))
				return
			}
			for _, function := range page.Functions {
				for _, found := range jarsOf(function) {
					if !yield(found, nil) {
						return
					}
				}
			}
		}
	}
}

// jarsOf returns the jars of one function, by name.
func jarsOf(function types.FunctionConfiguration) (jars []Found) {
	found := Found{Function: aws.ToString(function.FunctionName)}
	found.Modified, _ = time.Parse("2006-01-02T15:04:05.999-0700", aws.ToString(function.LastModified))
	if function.Environment == nil {
		return nil
	}
	if function.Environment.Error != nil {
		found.Hidden = true
		return []Found{found}
	}
	c := configuration{variables: function.Environment.Variables}
	found.Used = measure(c.variables)
	for name := range c.variables {
		state := jarvar.Read(name, c.lookup)
		_, marked := c.lookup(jarvar.LineName(name))
		if jarvar.CheckName(name) != nil || state.Text == "" || jarvar.CheckOwner(name, c.lookup) != nil || !marked && name != jarvar.DefaultName {
			continue
		}
		jar := found
		jar.Name, jar.State = name, found.Used-measure(c.without(name))
		pointer, _ := state.Pointer()
		jar.Overflow = pointer.Size
		jars = append(jars, jar)
	}
	slices.SortFunc(jars, func(a, b Found) int { return strings.Compare(a.Name, b.Name) })
	return jars
}
