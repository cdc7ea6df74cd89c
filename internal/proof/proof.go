// Package proof lets a package of this module that stands on awsjar ask what a
// Jar knows about a type.
package proof

import "reflect"

// Refused returns the error with which a Jar refuses every value of a type, or
// nil. Package awsjar sets it.
var Refused func(reflect.Type) error
