// Package export writes event logs for process-mining tools: XES (IEEE 1849-2016) and OCEL 2.0 as JSON and as an SQLite
// file. Every writer takes iterators, so that a log of any length is written in memory that grows with the number of
// types alone.
//
// The formats are those of https://www.ocel-standard.org/specification/formats/ and https://www.xes-standard.org/.
package export

import (
	"fmt"
	"time"
)

// Attribute is a named value: string, int64, float64, bool or time.Time. At is from when on an object has it; events
// leave it zero.
type Attribute struct {
	Name  string
	Value any
	At    time.Time
}

// Relation points to an object. Qualifier says what it is to whatever points.
type Relation struct {
	Object    string
	Qualifier string
}

// Event is one event. Its ID is unique among events, every object of its Relations is in the log.
type Event struct {
	ID         string
	Type       string
	Time       time.Time
	Attributes []Attribute
	Relations  []Relation
}

// Object is one object. Its ID is unique among objects. An attribute may stand several times, with the instant from
// which on each value held, in order.
type Object struct {
	ID         string
	Type       string
	Attributes []Attribute
	Relations  []Relation
}

// The kinds of values, in the words of OCEL.
const (
	kindString  = "string"
	kindInteger = "integer"
	kindFloat   = "float"
	kindBoolean = "boolean"
	kindTime    = "time"
)

func kindOf(v any) (string, error) {
	switch v.(type) {
	case string:
		return kindString, nil
	case int64:
		return kindInteger, nil
	case float64:
		return kindFloat, nil
	case bool:
		return kindBoolean, nil
	case time.Time:
		return kindTime, nil
	}
	return "", fmt.Errorf("export: %T is no value of an event log", v)
}

// stamp writes an instant as ISO 8601 in UTC, to the microsecond where it has any.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.999999Z07:00") }

// column is an attribute of a type.
type column struct {
	Name string `json:"name"`
	Kind string `json:"type"`
}

// kind is a type of events or objects with the attributes that were met so far.
type kind struct {
	Name    string   `json:"name"`
	Columns []column `json:"attributes"`
	known   map[string]string
}

// kinds are the types that were met so far, in that order.
type kinds struct {
	list []*kind
	by   map[string]*kind
}

// meet gives a type and what of its attributes is new. An attribute keeps the kind of value it was first met with.
func (k *kinds) meet(name string, attributes []Attribute) (t *kind, added []column, err error) {
	t = k.by[name]
	if t == nil {
		t = &kind{Name: name, Columns: []column{}, known: map[string]string{}}
		if k.by == nil {
			k.by = map[string]*kind{}
		}
		k.by[name] = t
		k.list = append(k.list, t)
	}
	for _, a := range attributes {
		is, err := kindOf(a.Value)
		if err != nil {
			return nil, nil, err
		}
		switch t.known[a.Name] {
		case is:
		case "":
			t.known[a.Name] = is
			c := column{a.Name, is}
			t.Columns = append(t.Columns, c)
			added = append(added, c)
		default:
			return nil, nil, fmt.Errorf("export: %s of %s is %s here and %s elsewhere", a.Name, name, is, t.known[a.Name])
		}
	}
	return t, added, nil
}
