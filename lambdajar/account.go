package lambdajar

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/awsjar/awsjar/internal/failure"
	"github.com/awsjar/awsjar/internal/jarvar"
	"github.com/awsjar/awsjar/internal/pack"
)

// Found is a jar that [Jars] found. It holds no value, of the jar or of another
// variable, and no value was unpacked for it: [Store.Load] tells the size of one.
// Sizes are bytes as AWS counts them.
type Found struct {
	Function     string
	Name         string    // of the variable; "" if the variables are Hidden
	Used         int       // by all variables of the function, of [Limit]
	State        int       // of Used: by this jar, with its names and the ids of its writes
	IDs          int       // of State: by the ids of its writes, with their name
	FreeAsStored int       // for the value to grow in the form in which it is stored: less the bytes that the ids will still take
	OtherSizes   []int     // sizes of the variables that are no jars, the largest first
	Form         Form      // of the stored value, by its mark; "" if it is in an overflow, or damaged
	OverflowSize int64     // bytes of the value itself if it is in an overflow
	Modified     time.Time // when the function was last changed: its jar not later than that
	Hidden       bool      // AWS Lambda cannot decrypt the variables for the caller: there may be a jar
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
				account := &function{name: everyFunction, jar: jarvar.DefaultName}
				yield(Found{}, failure.At("lambda://", account.explain(ctx, "ListFunctions", err)))
				return
			}
			for _, out := range page.Functions {
				for _, found := range jarsOf(out) {
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
	variables := function.Environment.Variables
	found.Used = measure(variables)
	others := maps.Clone(variables)
	for name := range variables {
		c := &configuration{name: name, variables: variables}
		state := jarvar.Read(name, c.lookup)
		_, marked := c.lookup(jarvar.LineName(name))
		if jarvar.CheckName(name) != nil || state.Text == "" || jarvar.CheckOwner(name, c.lookup) != nil || !marked && name != jarvar.DefaultName {
			continue
		}
		delete(others, name)
		delete(others, jarvar.LineName(name))
		jars = append(jars, found.with(c))
	}
	sizes := sizesOf(others)
	for i := range jars {
		jars[i].OtherSizes = sizes
	}
	slices.SortFunc(jars, func(a, b Found) int { return strings.Compare(a.Name, b.Name) })
	return jars
}

// with returns the Found of one jar.
func (f Found) with(c *configuration) Found {
	f.Name, f.State = c.name, f.Used-measure(c.without())
	f.IDs = idsOf(c)
	f.FreeAsStored = max(0, Limit-measure(c.with(jarvar.Read(c.name, c.lookup).Full())))
	text := c.variables[c.name]
	if pointer, ok := pack.ReadPointer(text); ok {
		f.OverflowSize = pointer.Size
	} else if form, ok := pack.FormOf(text); ok {
		f.Form = Form(form.String())
	}
	return f
}

// idsOf returns the bytes that the ids of a jar's writes take, with their name.
func idsOf(c *configuration) int {
	less := maps.Clone(c.variables)
	delete(less, jarvar.LineName(c.name))
	return measure(c.variables) - measure(less)
}

// sizesOf returns the bytes of each variable, the largest first.
func sizesOf(variables map[string]string) []int {
	sizes := make([]int, 0, len(variables))
	for name, value := range variables {
		sizes = append(sizes, measure(map[string]string{name: value})-len("{}"))
	}
	slices.SortFunc(sizes, func(a, b int) int { return b - a })
	return sizes
}
