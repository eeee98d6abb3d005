package export

import (
	"bufio"
	"encoding/json"
	"io"
	"iter"
)

type jsonAttribute struct {
	Name  string `json:"name"`
	Time  string `json:"time,omitempty"`
	Value any    `json:"value"`
}

type jsonRelation struct {
	Object    string `json:"objectId"`
	Qualifier string `json:"qualifier"`
}

type jsonThing struct {
	ID         string          `json:"id"`
	Type       string          `json:"type"`
	Time       string          `json:"time,omitempty"`
	Attributes []jsonAttribute `json:"attributes"`
	Relations  []jsonRelation  `json:"relationships"`
}

// OCELJSON writes OCEL 2.0 as JSON. events is read to its end before objects; the types stand last in the file, since
// they are known only then, and JSON has no order among keys.
func OCELJSON(w io.Writer, events iter.Seq2[Event, error], objects iter.Seq2[Object, error]) error {
	out := &jsonList{w: bufio.NewWriterSize(w, 64<<10)}
	var eventTypes, objectTypes kinds
	out.begin(`{"events":[`)
	for e, err := range events {
		if err == nil {
			_, _, err = eventTypes.meet(e.Type, e.Attributes)
		}
		if err != nil {
			return err
		}
		out.add(jsonThing{e.ID, e.Type, stamp(e.Time), jsonAttributes(e.Attributes), jsonRelations(e.Relations)})
	}
	out.begin("\n],\"objects\":[")
	for o, err := range objects {
		if err == nil {
			_, _, err = objectTypes.meet(o.Type, o.Attributes)
		}
		if err != nil {
			return err
		}
		out.add(jsonThing{o.ID, o.Type, "", jsonAttributes(o.Attributes), jsonRelations(o.Relations)})
	}
	out.begin("\n],\"eventTypes\":[")
	for _, t := range eventTypes.list {
		out.add(t)
	}
	out.begin("\n],\"objectTypes\":[")
	for _, t := range objectTypes.list {
		out.add(t)
	}
	out.begin("\n]}\n")
	if out.err != nil {
		return out.err
	}
	return out.w.Flush()
}

// jsonList writes the members of lists, one a line.
type jsonList struct {
	w     *bufio.Writer
	later bool
	err   error
}

func (l *jsonList) begin(text string) {
	if l.err == nil {
		_, l.err = l.w.WriteString(text)
	}
	l.later = false
}

func (l *jsonList) add(v any) {
	if l.err != nil {
		return
	}
	text, err := json.Marshal(v)
	if err != nil {
		l.err = err
		return
	}
	if l.later {
		_ = l.w.WriteByte(',')
	}
	_ = l.w.WriteByte('\n')
	_, l.err = l.w.Write(text)
	l.later = true
}

func jsonAttributes(as []Attribute) []jsonAttribute {
	out := make([]jsonAttribute, len(as))
	for i, a := range as {
		out[i] = jsonAttribute{Name: a.Name, Value: written(a.Value)}
		if !a.At.IsZero() {
			out[i].Time = stamp(a.At)
		}
	}
	return out
}

func jsonRelations(rs []Relation) []jsonRelation {
	out := make([]jsonRelation, len(rs))
	for i, r := range rs {
		out[i] = jsonRelation(r)
	}
	return out
}
