package s3jar_test

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/s3jar"
)

// Acorns is the state of the examples.
type Acorns struct {
	Num      int      `json:"num_acorns"`
	Hideouts []string `json:"acorn_hideouts"`
}

// exampleBucket stands for s3jar.NewBucket(s3.NewFromConfig(cfg), "my-bucket")
// with a configuration from config.LoadDefaultConfig.
func exampleBucket() (*awsfake.Server, *s3jar.Bucket) {
	srv, err := awsfake.Start()
	if err != nil {
		panic(err)
	}
	if err := srv.CreateBucket("my-bucket"); err != nil {
		panic(err)
	}
	client := s3.NewFromConfig(srv.Config(), func(o *s3.Options) { o.UsePathStyle = true })
	return srv, s3jar.NewBucket(client, "my-bucket")
}

func Example() {
	srv, bucket := exampleBucket()
	defer srv.Close()
	ctx := context.Background()

	jar := awsjar.New[Acorns](bucket.Object("state.json"))
	if err := jar.Put(ctx, Acorns{50, []string{"tree", "lake"}}); err != nil {
		fmt.Println(err)
	}
	state, err := jar.Update(ctx, func(a *Acorns) error {
		a.Num++
		a.Hideouts = append(a.Hideouts, "backyard")
		return nil
	})
	fmt.Println(jar, state, err)

	body, _, _ := srv.Object("my-bucket", "state.json")
	fmt.Printf("%s\n", body)
	// Output:
	// s3://my-bucket/state.json {51 [tree lake backyard]} <nil>
	// {"num_acorns":51,"acorn_hideouts":["tree","lake","backyard"]}
}

func ExampleObject_versions() {
	srv, bucket := exampleBucket()
	defer srv.Close()
	ctx := context.Background()

	if err := bucket.EnableVersioning(ctx); err != nil {
		fmt.Println(err)
	}
	jar := awsjar.New[string](bucket.Object("motto.json"))
	for _, motto := range []string{"gather", "hide", "forget"} {
		if err := jar.Put(ctx, motto); err != nil {
			fmt.Println(err)
		}
	}
	first := ""
	for entry, err := range jar.History(ctx) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(entry.Value, entry.Latest)
		first = entry.VersionID
	}
	if _, err := jar.Restore(ctx, first); err != nil {
		fmt.Println(err)
	}
	fmt.Println(jar.Get(ctx))
	// Output:
	// forget true
	// hide false
	// gather false
	// gather <nil>
}

func ExampleGetAll() {
	srv, bucket := exampleBucket()
	defer srv.Close()
	ctx := context.Background()

	stored, err := s3jar.PutAll(ctx, bucket, maps.All(map[string]int{
		"squirrels/ann.json": 12, "squirrels/bob.json": 7, "moles/eve.json": 1,
	}))
	fmt.Println(stored, err)

	sum := 0
	for squirrel, err := range s3jar.GetAll[int](ctx, bucket, bucket.Keys(ctx, "squirrels/")) {
		if errors.Is(err, awsjar.ErrNotFound) {
			continue // removed since it was listed
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(squirrel.Key, squirrel.Value)
		sum += squirrel.Value
	}
	fmt.Println(sum)
	// Output:
	// 3 <nil>
	// squirrels/ann.json 12
	// squirrels/bob.json 7
	// 19
}

func ExampleBucket_Check() {
	srv, bucket := exampleBucket()
	defer srv.Close()

	found, err := bucket.Check(context.Background())
	fmt.Printf("%+v %v\n", found, err)
	// Output:
	// {Create:honoured Replace:honoured Delete:honoured Versions:false Rounds:20} <nil>
}

func ExampleBucket_Keys() {
	srv, bucket := exampleBucket()
	defer srv.Close()
	ctx := context.Background()

	for _, name := range []string{"teams/a.json", "teams/b.json", "users/a.json"} {
		awsjar.New[int](bucket.Object(name)).Put(ctx, 1)
	}
	for key, err := range bucket.Keys(ctx, "teams/") {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(key.Key, key.Size)
	}
	// Output:
	// teams/a.json 1
	// teams/b.json 1
}
