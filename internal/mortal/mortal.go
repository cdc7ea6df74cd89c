// Package mortal lets tests kill a program at one of its requests.
package mortal

import (
	"errors"
	"net/http"
	"sync/atomic"
)

// Network is the network of a program that is killed at one of its requests: no
// answer reaches it from then on, and nothing that it sends leaves the machine.
type Network struct {
	Client interface {
		Do(*http.Request) (*http.Response, error)
	}
	At    int64  // the request, counted from one
	After bool   // the server has carried it out
	Ends  func() // runs when the program is killed; may be nil

	request atomic.Int64
}

// Do sends a request, if the program still lives.
func (n *Network) Do(req *http.Request) (*http.Response, error) {
	number := n.request.Add(1)
	if number < n.At {
		return n.Client.Do(req)
	}
	if number == n.At && n.After {
		if resp, err := n.Client.Do(req); err == nil {
			_ = resp.Body.Close()
		}
	}
	if n.Ends != nil {
		n.Ends()
	}
	return nil, errKilled
}

var errKilled = errors.New("the process was killed")
