package lambdajar_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/lambdajar"
)

type Acorns struct {
	Num      int      `json:"num_acorns"`
	Hideouts []string `json:"acorn_hideouts"`
}

// exampleClient returns a client of a server in this process. Against AWS:
//
//	cfg, err := config.LoadDefaultConfig(ctx)
//	client := lambda.NewFromConfig(cfg)
func exampleClient() (client *lambda.Client, done func()) {
	srv, err := awsfake.Start()
	if err != nil {
		log.Fatal(err)
	}
	if err := srv.CreateFunction("sams-lambda", map[string]string{"STAGE": "test"}); err != nil {
		log.Fatal(err)
	}
	return lambda.NewFromConfig(srv.Config()), func() { srv.Close() }
}

func Example() {
	client, done := exampleClient()
	defer done()
	ctx := context.Background()

	jar := awsjar.New[Acorns](lambdajar.New(client, "sams-lambda"))
	if err := jar.Put(ctx, Acorns{Num: 50, Hideouts: []string{"tree", "lake", "backyard"}}); err != nil {
		log.Fatal(err)
	}
	state, err := jar.Update(ctx, func(a *Acorns) error {
		a.Num++
		return nil
	})
	fmt.Println(state, err)
	// Output: {51 [tree lake backyard]} <nil>
}

// The room that is left, and the error where it is not enough.
func ExampleStore_Usage() {
	client, done := exampleClient()
	defer done()
	ctx := context.Background()

	store := lambdajar.New(client, "sams-lambda", func(o *lambdajar.Options) { o.Form = lambdajar.FormPlain })
	err := awsjar.New[string](store).Put(ctx, strings.Repeat("acorn", 1000))
	var tooLarge *lambdajar.TooLargeError
	if errors.As(err, &tooLarge) {
		fmt.Println("state", tooLarge.State, "others", tooLarge.Others, "limit", tooLarge.Limit)
	}
	usage, err := store.Usage(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("free", usage.Free, "beside", usage.OtherNames)
	// Output:
	// state 5074 others 16 limit 4096
	// free 4010 beside [STAGE]
}

// Two jars in one function.
func ExampleOptions() {
	client, done := exampleClient()
	defer done()
	ctx := context.Background()

	acorns := awsjar.New[int](lambdajar.New(client, "sams-lambda", func(o *lambdajar.Options) { o.Name = "acorns" }))
	hideouts := awsjar.New[[]string](lambdajar.New(client, "sams-lambda", func(o *lambdajar.Options) { o.Name = "hideouts" }))
	fmt.Println(acorns.Put(ctx, 50), hideouts.Put(ctx, []string{"tree"}))
	fmt.Println(acorns, hideouts)
	// Output:
	// <nil> <nil>
	// lambda://sams-lambda?name=acorns lambda://sams-lambda?name=hideouts
}
