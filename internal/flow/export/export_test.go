package export

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"iter"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func at(minute int) time.Time { return time.Date(2022, 1, 25, 9, minute, 0, 0, time.UTC) }

func all[T any](list []T, end error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, x := range list {
			if !yield(x, nil) {
				return
			}
		}
		if end != nil {
			var none T
			yield(none, end)
		}
	}
}

var (
	someEvents = []Event{
		{"e1", "认领", at(1), []Attribute{{Name: "step", Value: "claim"}, {Name: "late", Value: false}}, []Relation{{"m1", "matter"}, {"u1", "resource"}, {"u1", "resource"}}},
		{"e2", "hand in <plan>", at(2), []Attribute{{Name: "step", Value: "plan"}, {Name: "n", Value: int64(7)}, {Name: "share", Value: 0.25}, {Name: "due", Value: at(30)}}, []Relation{{"m1", "matter"}}},
		{"e3", "认领", at(3), []Attribute{{Name: "step", Value: "claim"}, {Name: "by \"post\"", Value: "x"}}, []Relation{{"m2", "matter"}}},
		{"e4", "object", at(4), nil, []Relation{{"m2", "matter"}}},
	}
	someObjects = []Object{
		{"m1", "finding", []Attribute{{"number", "ZG-1", at(0)}, {"turn", "owner", at(0)}, {"turn", "done", at(2)}}, []Relation{{"u1", "owner"}, {"m2", "repeats"}}},
		{"m2", "finding", []Attribute{{"number", "ZG-2", at(0)}}, nil},
		{"u1", "unit", nil, nil},
	}
)

// The types of the OCEL 2.0 JSON schema; an unknown key fails the test.
type ocel struct {
	EventTypes  []ocelType  `json:"eventTypes"`
	ObjectTypes []ocelType  `json:"objectTypes"`
	Events      []ocelThing `json:"events"`
	Objects     []ocelThing `json:"objects"`
}

type ocelType struct {
	Name       string   `json:"name"`
	Attributes []column `json:"attributes"`
}

type ocelThing struct {
	ID         string          `json:"id"`
	Type       string          `json:"type"`
	Time       *time.Time      `json:"time"`
	Attributes []ocelAttribute `json:"attributes"`
	Relations  []jsonRelation  `json:"relationships"`
}

type ocelAttribute struct {
	Name  string     `json:"name"`
	Time  *time.Time `json:"time"`
	Value any        `json:"value"`
}

func TestOCELJSON(t *testing.T) {
	var b bytes.Buffer
	if err := OCELJSON(&b, all(someEvents, nil), all(someObjects, nil)); err != nil {
		t.Fatal(err)
	}
	strict := json.NewDecoder(&b)
	strict.DisallowUnknownFields()
	var got ocel
	if err := strict.Decode(&got); err != nil {
		t.Fatal(err)
	}
	types := map[string]map[string]string{}
	for _, ts := range [][]ocelType{got.EventTypes, got.ObjectTypes} {
		for _, x := range ts {
			types[x.Name] = map[string]string{}
			for _, a := range x.Attributes {
				types[x.Name][a.Name] = a.Kind
			}
		}
	}
	want := map[string]map[string]string{
		"认领":             {"step": "string", "late": "boolean", `by "post"`: "string"},
		"hand in <plan>": {"step": "string", "n": "integer", "share": "float", "due": "time"},
		"object":         {}, "finding": {"number": "string", "turn": "string"}, "unit": {},
	}
	if diff := cmp.Diff(want, types); diff != "" {
		t.Error(diff)
	}
	objects := map[string]bool{}
	for _, o := range got.Objects {
		objects[o.ID] = true
		if o.Time != nil {
			t.Errorf("an object has a time: %+v", o)
		}
		for _, a := range o.Attributes {
			if a.Time == nil {
				t.Errorf("an attribute of an object has no time: %+v", a)
			}
		}
	}
	for _, e := range got.Events {
		if e.Time == nil || types[e.Type] == nil {
			t.Errorf("%+v", e)
		}
		for _, r := range e.Relations {
			if !objects[r.Object] || r.Qualifier == "" {
				t.Errorf("%+v", r)
			}
		}
	}
	if len(got.Events) != 4 || !got.Events[1].Time.Equal(at(2)) || got.Events[1].Attributes[3].Value != "2022-01-25T09:30:00Z" {
		t.Errorf("%+v", got.Events)
	}
}

func sqliteOf(t *testing.T, events []Event, objects []Object) *sql.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log ?#1.sqlite")
	if err := OCELSQLite(context.Background(), path, all(events, nil), all(objects, nil)); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+strings.NewReplacer("?", "%3f", "#", "%23", " ", "%20").Replace(path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func lines(t *testing.T, db *sql.DB, query string) (out []string) {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// What https://www.ocel-standard.org/specification/formats/sqlite/ shows: tables, columns, how types map to tables.
func TestOCELSQLite(t *testing.T) {
	db := sqliteOf(t, someEvents, someObjects)
	for query, want := range map[string][]string{
		`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`: {"event", "event_1", "event_handinplan", "event_map_type", "event_object",
			"event_object1", "object", "object_finding", "object_map_type", "object_object", "object_unit"},
		`SELECT ocel_type || '=' || ocel_type_map FROM event_map_type ORDER BY 1`:                                                          {"hand in <plan>=handinplan", "object=object1", "认领=1"},
		`SELECT ocel_type || '=' || ocel_type_map FROM object_map_type ORDER BY 1`:                                                         {"finding=finding", "unit=unit"},
		`SELECT ocel_id || ocel_type FROM event ORDER BY 1`:                                                                                {"e1认领", "e2hand in <plan>", "e3认领", "e4object"},
		`SELECT ocel_event_id || ocel_object_id || ocel_qualifier FROM event_object ORDER BY 1`:                                            {"e1m1matter", "e1u1resource", "e2m1matter", "e3m2matter", "e4m2matter"},
		`SELECT ocel_source_id || ocel_target_id || ocel_qualifier FROM object_object ORDER BY 1`:                                          {"m1m2repeats", "m1u1owner"},
		`SELECT ocel_id || CAST(ocel_time AS TEXT) || step || COALESCE(late, '-') || COALESCE("by ""post""", '-') FROM event_1 ORDER BY 1`: {"e12022-01-25T09:01:00Zclaim0-", "e32022-01-25T09:03:00Zclaim-x"},
		`SELECT n || ' ' || share || ' ' || CAST(due AS TEXT) FROM event_handinplan`:                                                       {"7 0.25 2022-01-25T09:30:00Z"},
		`SELECT ocel_id || CAST(ocel_time AS TEXT) || COALESCE(ocel_changed_field, '-') || COALESCE(number, '-') || COALESCE(turn, '-') FROM object_finding ORDER BY ocel_id, ocel_time`: {
			"m12022-01-25T09:00:00Z-ZG-1owner", "m12022-01-25T09:02:00Zturn-done", "m22022-01-25T09:00:00Z-ZG-2-"},
		`SELECT ocel_id || CAST(ocel_time AS TEXT) FROM object_unit`: {"u11970-01-01T00:00:00Z"},
		`PRAGMA foreign_key_check`:                                   nil,
		`PRAGMA integrity_check`:                                     {"ok"},
	} {
		if diff := cmp.Diff(want, lines(t, db, query)); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
}

type xesLog struct {
	Version  string `xml:"xes.version,attr"`
	Features string `xml:"xes.features,attr"`
	Globals  []struct {
		Scope string `xml:"scope,attr"`
	} `xml:"global"`
	Strings []xesValue `xml:"string"`
	Traces  []struct {
		Strings []xesValue `xml:"string"`
		Events  []struct {
			Values []xesValue `xml:",any"`
		} `xml:"event"`
	} `xml:"trace"`
}

type xesValue struct {
	XMLName xml.Name
	Key     string `xml:"key,attr"`
	Value   string `xml:"value,attr"`
}

func xesOf(t interface{ Fatal(...any) }, traces []Trace) xesLog {
	var b bytes.Buffer
	if err := XES(&b, "A & B", all(traces, nil)); err != nil {
		t.Fatal(err)
	}
	var got xesLog
	if err := xml.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestXES(t *testing.T) {
	got := xesOf(t, []Trace{{"ZG-1", []Attribute{{Name: "type", Value: "finding"}}, someEvents[:2]}, {ID: "ZG-2"}})
	if got.Version != "1849.2016" || len(got.Globals) != 2 || got.Strings[0].Value != "A & B" || len(got.Traces) != 2 || got.Traces[0].Strings[1].Value != "finding" {
		t.Errorf("%+v", got)
	}
	var values []string
	for _, v := range got.Traces[0].Events[1].Values {
		values = append(values, v.XMLName.Space+" "+v.XMLName.Local+" "+v.Key+"="+v.Value)
	}
	const ns = "http://www.xes-standard.org/ "
	want := []string{ns + "string concept:name=hand in <plan>", ns + "string lifecycle:transition=complete", ns + "date time:timestamp=2022-01-25T09:02:00Z",
		ns + "string step=plan", ns + "int n=7", ns + "float share=0.25", ns + "date due=2022-01-25T09:30:00Z"}
	if diff := cmp.Diff(want, values); diff != "" {
		t.Error(diff)
	}
}

// Whatever the names, all three formats can be read again and hold every event.
func TestAnyNames(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		var events []Event
		for i, name := range rapid.SliceOfN(rapid.String(), 1, 5).Draw(r, "names") {
			events = append(events, Event{ID: string(rune('a' + i)), Type: name, Time: at(i), Attributes: []Attribute{{Name: "a" + strings.ToLower(strings.ReplaceAll(rapid.String().Draw(r, "attribute"), "\x00", "")), Value: name}}})
		}
		var b bytes.Buffer
		if err := OCELJSON(&b, all(events, nil), all[Object](nil, nil)); err != nil {
			r.Fatal(err)
		}
		var got ocel
		if err := json.Unmarshal(b.Bytes(), &got); err != nil || len(got.Events) != len(events) {
			r.Fatal(err, b.String())
		}
		if x := xesOf(r, []Trace{{ID: events[0].Type, Events: events}}); len(x.Traces[0].Events) != len(events) {
			r.Fatal(x)
		}
		if n++; n > 20 { // the file is the slow one
			return
		}
		path := filepath.Join(dir, string(rune('A'+n)))
		if err := OCELSQLite(context.Background(), path, all(events, nil), all[Object](nil, nil)); err != nil {
			r.Fatal(err)
		}
	})
}

func TestAnErrorEndsTheWriting(t *testing.T) {
	broken := errors.New("broken")
	path := filepath.Join(t.TempDir(), "x")
	for name, err := range map[string]error{
		"json events":    OCELJSON(io.Discard, all(someEvents, broken), all(someObjects, nil)),
		"json objects":   OCELJSON(io.Discard, all(someEvents, nil), all(someObjects, broken)),
		"sqlite events":  OCELSQLite(context.Background(), path+"1", all(someEvents, broken), all(someObjects, nil)),
		"sqlite objects": OCELSQLite(context.Background(), path+"2", all(someEvents, nil), all(someObjects, broken)),
		"xes":            XES(io.Discard, "x", all([]Trace{{ID: "1"}}, broken)),
	} {
		if !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	mixed := []Event{{ID: "1", Type: "a", Attributes: []Attribute{{Name: "x", Value: "1"}}}, {ID: "2", Type: "a", Attributes: []Attribute{{Name: "x", Value: int64(1)}}}}
	if err := OCELJSON(io.Discard, all(mixed, nil), all[Object](nil, nil)); err == nil {
		t.Error("an attribute of two kinds was written")
	}
	if err := XES(io.Discard, "x", all([]Trace{{Attributes: []Attribute{{Name: "x", Value: 1}}}}, nil)); err == nil {
		t.Error("an int was written")
	}
}
