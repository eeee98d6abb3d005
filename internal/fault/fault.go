// Package fault names the few ways in which a request can fail for a reason that a person can act upon.
//
// A fault carries a wording key and its arguments, never a finished sentence: the face that answers (page, command)
// words it in the reader's language. Every other error is a defect or a broken machine and is answered as such.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind is the closed list of what can be wrong with a request.
type Kind int

const (
	// Invalid: what was sent can't be accepted as it is; Fields name the places.
	Invalid Kind = iota + 1
	// NotFound: there is no such thing, or the actor may not know that there is.
	NotFound
	// Stale: somebody else changed the thing since the form was made; Current holds what stands there now.
	Stale
	// Repeated: this very form was already received and carried out once.
	Repeated
	// Forbidden: the actor may see the thing but not do this to it.
	Forbidden
	// SignIn: nobody is signed in, or the session has ended.
	SignIn
	// TooLarge: a file or a request is over its limit.
	TooLarge
	// Unavailable: the machine can't do it at the moment (disk full, too busy); nothing was changed.
	Unavailable
	// TooOften: the same address came too many times; nothing was done.
	TooOften
)

// Field is one place in a form and what is wrong there.
type Field struct {
	Name string // the form field's name; "" is the form as a whole
	Key  string // wording key
	Args []any  // name, value, name, value …
}

// Error is a fault. Key and Args word the sentence; Fields, if any, stand beside the form's fields.
type Error struct {
	Kind    Kind
	Key     string
	Args    []any
	Fields  []Field
	Current any
	Cause   error
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Key)
	for i := 0; i+1 < len(e.Args); i += 2 {
		fmt.Fprintf(&b, " %v=%v", e.Args[i], e.Args[i+1])
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s: %s]", f.Name, f.Key)
	}
	if e.Cause != nil {
		b.WriteString(": " + e.Cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause, if one was kept.
func (e *Error) Unwrap() error { return e.Cause }

// New makes a fault; args are name, value pairs for the wording.
func New(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: args}
}

// Bad is an Invalid fault with no field of its own.
func Bad(key string, args ...any) *Error { return New(Invalid, key, args...) }

// Missing is the NotFound fault.
func Missing() *Error { return New(NotFound, "fault.not_found") }

// Outdated is the Stale fault; current is what stands there now, for the page that shows both.
func Outdated(current any) *Error {
	return &Error{Kind: Stale, Key: "fault.stale", Current: current}
}

// KindOf gives the kind of err, or 0 where it is no fault.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return 0
}

// As gives the fault inside err, or nil.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// Form gathers what is wrong with a form, field by field.
type Form struct{ fields []Field }

// Add notes one fault at a field.
func (f *Form) Add(field, key string, args ...any) {
	f.fields = append(f.fields, Field{Name: field, Key: key, Args: args})
}

// Check notes the fault when ok is false.
func (f *Form) Check(ok bool, field, key string, args ...any) {
	if !ok {
		f.Add(field, key, args...)
	}
}

// Err is nil when nothing was noted, else one Invalid fault with every field.
func (f *Form) Err() error {
	if len(f.fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Key: "fault.invalid", Fields: f.fields}
}
