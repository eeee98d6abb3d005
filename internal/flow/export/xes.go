package export

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"iter"
	"strconv"
	"time"
)

// Trace is one case with its events in order. Of an event XES takes type, time and attributes; of a trace ID is its
// concept:name.
type Trace struct {
	ID         string
	Attributes []Attribute
	Events     []Event
}

const xesHead = `<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<global scope="trace">
<string key="concept:name" value="UNKNOWN"/>
</global>
<global scope="event">
<string key="concept:name" value="UNKNOWN"/>
<string key="lifecycle:transition" value="complete"/>
<date key="time:timestamp" value="1970-01-01T00:00:00Z"/>
</global>
<classifier name="Activity" keys="concept:name"/>
<classifier name="Activity and resource" keys="concept:name org:resource"/>
`

// XES writes a log as XES (IEEE 1849-2016) under a name. Resources are attributes named org:resource, org:group and
// org:role; every event counts as complete.
func XES(w io.Writer, name string, traces iter.Seq2[Trace, error]) error {
	out := &xesFile{w: bufio.NewWriterSize(w, 64<<10)}
	out.raw(xesHead)
	out.attribute(Attribute{Name: "concept:name", Value: name})
	for t, err := range traces {
		if err != nil {
			return err
		}
		out.trace(t)
		if out.err != nil {
			return out.err
		}
	}
	out.raw("</log>\n")
	if out.err != nil {
		return out.err
	}
	return out.w.Flush()
}

type xesFile struct {
	w   *bufio.Writer
	err error
}

func (f *xesFile) raw(text string) {
	if f.err == nil {
		_, f.err = f.w.WriteString(text)
	}
}

func (f *xesFile) trace(t Trace) {
	f.raw("<trace>\n")
	f.attribute(Attribute{Name: "concept:name", Value: t.ID})
	for _, a := range t.Attributes {
		f.attribute(a)
	}
	for _, e := range t.Events {
		f.raw("<event>\n")
		f.attribute(Attribute{Name: "concept:name", Value: e.Type})
		f.attribute(Attribute{Name: "lifecycle:transition", Value: "complete"})
		f.attribute(Attribute{Name: "time:timestamp", Value: e.Time})
		for _, a := range e.Attributes {
			f.attribute(a)
		}
		f.raw("</event>\n")
	}
	f.raw("</trace>\n")
}

// attribute writes one element. Characters that XML can't hold become the replacement character.
func (f *xesFile) attribute(a Attribute) {
	element, value := "string", ""
	switch v := a.Value.(type) {
	case string:
		value = v
	case int64:
		element, value = "int", strconv.FormatInt(v, 10)
	case float64:
		element, value = "float", strconv.FormatFloat(v, 'g', -1, 64)
	case bool:
		element, value = "boolean", strconv.FormatBool(v)
	case time.Time:
		element, value = "date", stamp(v)
	default:
		f.err = fmt.Errorf("export: %T is no value of an event log", v)
		return
	}
	f.raw("<" + element + ` key="`)
	f.escaped(a.Name)
	f.raw(`" value="`)
	f.escaped(value)
	f.raw("\"/>\n")
}

func (f *xesFile) escaped(text string) {
	if f.err == nil {
		f.err = xml.EscapeText(f.w, []byte(text))
	}
}
