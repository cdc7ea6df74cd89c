package main

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar/internal/percent"
	"github.com/awsjar/awsjar/jarurl"
)

// schemes are the beginnings of URLs.
var schemes = []string{"lambda://", "s3://", "file:", "env:", "mem:"}

// completeState offers functions, buckets, keys, files and variables.
func completeState(ctx context.Context, c *command, _ []string, word string) []cobra.Completion {
	scheme, rest, _ := strings.Cut(word, ":")
	switch {
	case strings.HasPrefix(word, "lambda://"):
		return c.completeFunction(ctx, strings.TrimPrefix(rest, "//"))
	case strings.HasPrefix(word, "s3://"):
		if strings.Contains(rest[2:], "/") {
			return c.completeKey(ctx, word)
		}
		return completeBucket(ctx, c, nil, word)
	case scheme == jarurl.File && scheme != word:
		return completeFile(word)
	case scheme == jarurl.Env && scheme != word:
		return c.completeVariable(word)
	}
	return beginning(word, schemes)
}

// beginning returns the texts that begin with a word.
func beginning(word string, texts []string) []cobra.Completion {
	return slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return !strings.HasPrefix(text, word) })
}

// completeBucket offers the buckets of the account.
func completeBucket(ctx context.Context, c *command, _ []string, word string) (offered []cobra.Completion) {
	if !strings.HasPrefix(word, "s3://") {
		return beginning(word, []string{"s3://"})
	}
	for found, err := range c.buckets(ctx) {
		if err != nil || len(offered) == mostCompleted {
			break
		}
		if url := "s3://" + found.name + "/"; strings.HasPrefix(url, word) {
			offered = append(offered, url)
		}
	}
	return offered
}

// completeFunction offers the functions of the account.
func (c *command) completeFunction(ctx context.Context, name string) (offered []cobra.Completion) {
	account := jarurl.Target{Scheme: jarurl.Lambda, Region: c.region, Endpoint: c.endpoint}
	clients, err := account.Clients(ctx, c.configured)
	if err != nil {
		return nil
	}
	for pages := lambda.NewListFunctionsPaginator(clients.Lambda, &lambda.ListFunctionsInput{}); pages.HasMorePages() && len(offered) < mostCompleted; {
		page, err := pages.NextPage(ctx)
		if err != nil {
			break
		}
		for _, found := range page.Functions {
			if known := aws.ToString(found.FunctionName); strings.HasPrefix(known, name) && len(offered) < mostCompleted {
				offered = append(offered, "lambda://"+known)
			}
		}
	}
	return offered
}

// completeKey offers the keys of a bucket, up to the next "/".
func (c *command) completeKey(ctx context.Context, word string) (offered []cobra.Completion) {
	target, err := c.target(word)
	if err != nil {
		return nil
	}
	clients, err := target.Clients(ctx, c.configured)
	if err != nil {
		return nil
	}
	page, err := clients.S3.ListObjectsV2(ctx, &s3.ListObjectsV2Input{
		Bucket: &target.Bucket, Prefix: &target.Key, Delimiter: aws.String("/"), MaxKeys: aws.Int32(mostCompleted),
	})
	if err != nil {
		return nil
	}
	offer := func(key *string) {
		offered = append(offered, jarurl.Target{Scheme: jarurl.S3, Bucket: target.Bucket, Key: aws.ToString(key)}.String())
	}
	for _, below := range page.CommonPrefixes {
		offer(below.Prefix)
	}
	for _, object := range page.Contents {
		offer(object.Key)
	}
	return offered
}

// completeFile offers the files of a directory. Hidden ones, among which are
// the directories of earlier versions, are offered to a word with their dot.
func completeFile(word string) (offered []cobra.Completion) {
	end := max(strings.Index(word, ":"), strings.LastIndex(word, "/")) + 1
	typed, encoded := word[:end], word[end:]
	begun, err := url.PathUnescape(encoded)
	target, wrong := jarurl.Parse(typed + ".") // the directory
	if err != nil || wrong != nil {
		return nil
	}
	directory, err := os.Open(filepath.FromSlash(target.Path))
	if err != nil {
		return nil
	}
	defer directory.Close()
	entries, _ := directory.ReadDir(100 * mostCompleted)
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasPrefix(name, begun) || strings.HasPrefix(name, ".") && begun == "" || len(offered) == mostCompleted {
			continue
		}
		if entry.IsDir() {
			name += "/"
		}
		offered = append(offered, typed+percent.Encode(name))
	}
	slices.Sort(offered)
	return offered
}

// completeVariable offers the names of the environment's variables.
func (c *command) completeVariable(word string) (offered []cobra.Completion) {
	for _, variable := range c.environ {
		name, _, _ := strings.Cut(variable, "=")
		if url := "env:" + name; strings.HasPrefix(url, word) {
			offered = append(offered, url)
		}
	}
	slices.Sort(offered)
	return offered
}
