package flow

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const header = "case,activity,time,resource\n"

func mustRead(t *testing.T, text string) *Log {
	t.Helper()
	l, problems, _ := Read(strings.NewReader(text))
	if l == nil {
		t.Fatalf("%+v", problems)
	}
	return l
}

// events gives a log back, in its order.
func (l *Log) events() []Event {
	out := []Event{}
	l.eachCase(func(events []record) {
		for _, e := range events {
			out = append(out, Event{l.cases.list[e.kase], l.activities.list[e.activity], time.UnixMicro(e.at).UTC(), l.resources.list[e.resource]})
		}
	})
	return out
}

func TestColumnsByName(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2022, 1, d, 0, 0, 0, 0, time.UTC) }
	want := []Event{{"1", "plan, again", day(2), "市直 A"}, {"1", "close\nit", day(3), ""}, {"2", "plan", day(1), "b"}}
	plain := "Resource, TIME ,note,Activity,case\n市直 A,2022-01-02,\"x\ny\",\"plan, again\",1\r\n\r\nb,2022-01-01,,plan,2\n  ,2022-01-03,z,\"close\nit\",1"
	for name, text := range map[string]string{"plain": plain, "mark": "\ufeff" + plain, "packed": packed(plain), "packed mark": packed("\ufeff" + plain)} {
		if diff := cmp.Diff(want, mustRead(t, text).events()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func packed(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.String()
}

func TestEqualTimesKeepTheOrderOfTheFile(t *testing.T) {
	l := mustRead(t, header+"1,c,2022-01-02,x\n1,a,2022-01-01T08:00:00+08:00,x\n2,z,2022-01-01,x\n1,b,2022-01-01,y\n1,d,2021-12-31T16:00:00-08:00,x\n")
	var order string
	for _, e := range l.events() {
		order += e.Activity
	}
	if order != "abdcz" {
		t.Errorf("%s", order)
	}
}

func TestEveryBadLineIsNamed(t *testing.T) {
	text := header + "1,a,2022-01-01,x\n1,b,gestern,x\n,b,2022-01-01,x\n1,,2022-01-01,x\n1,b,,x\n1,b,2022-01-01\n1,\"b\"c,2022-01-01,x\n1,\xff,2022-01-01,x\n1,ok,2022-01-02,x\n\n\"1\n2\",b,x\x07y,x\n1,b,last,x\n"
	l, problems, wrong := Read(strings.NewReader(text))
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprint(p.Line, " ", p.Code, p.Args))
	}
	want := []string{"3 time[Value gestern]", "4 empty[Column case]", "5 empty[Column activity]", "6 empty[Column time]", "7 columns[Found 3 Want 4]",
		"8 quote[]", "9 encoding[]", "12 time[Value x�y]", "14 time[Value last]"}
	if diff := cmp.Diff(want, got); diff != "" || l != nil || wrong != len(want) {
		t.Errorf("%v %d %s", l, wrong, diff)
	}
}

func TestManyBadLinesAreCounted(t *testing.T) {
	l, problems, wrong := Read(strings.NewReader(header + strings.Repeat("1,a,never,x\n", 1000)))
	if l != nil || len(problems) != MostProblems || wrong != 1000 {
		t.Errorf("%d of %d", len(problems), wrong)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	long := strings.Repeat("x", longestRecord)
	for text, want := range map[string]string{
		"":                              "1 header[Want case, activity, time, resource]",
		"\n\n":                          "1 header[Want case, activity, time, resource]",
		"case,time,who\n":               "1 header[Want activity, resource]",
		"case,activity,time,Case\n":     "1 doubled[Column case]",
		"\"case,activity":               "1 quote[]",
		header + "1,\"" + long + long:   "2 long[Most 1024]",
		header + "1," + long + long:     "2 long[Most 1024]",
		packed(header)[:20]:             "1 unread[Reason unexpected EOF]",
		"\x1f\x8bno":                    "1 unread[Reason unexpected EOF]",
		packed(header) + "no gzip here": "2 unread[Reason gzip: invalid header]",
	} {
		l, problems, wrong := Read(strings.NewReader(text))
		if l != nil || wrong != 1 {
			t.Errorf("%.40q: %v %d", text, problems, wrong)
			continue
		}
		if got := fmt.Sprint(problems[0].Line, " ", problems[0].Code, problems[0].Args); got != want {
			t.Errorf("%.40q: %s, want %s", text, got, want)
		}
	}
}

func TestHeaderAloneIsAnEmptyLog(t *testing.T) {
	if f := mustRead(t, header).Measure(); f.Cases != 0 || f.Events != 0 {
		t.Errorf("%+v", f)
	}
}

// Whatever the bytes, reading ends, and gives either a log as the CSV says it or at least one problem with its line.
func FuzzRead(f *testing.F) {
	f.Add([]byte(header + "1,a,2022-01-01,x\n2,\"b\"\"c\",2022-01-01T10:00:00Z,\n"))
	f.Add([]byte(header + "1,\"a,2022-01-01,x\n"))
	f.Add([]byte(packed(header + "1,a,2022-01-01,x\n")))
	f.Add([]byte("\ufeffTime,case, resource,activity,x\r\n20220101,1,,b,\r\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, problems, wrong := Read(bytes.NewReader(text))
		if l == nil {
			if wrong == 0 || len(problems) != min(wrong, MostProblems) {
				t.Fatalf("%d problems of %d", len(problems), wrong)
			}
			for _, p := range problems {
				if p.Line < 1 {
					t.Fatalf("%+v", p)
				}
			}
			return
		}
		m := l.Measure()
		if m.Events != l.Len() || m.Cases > m.Events || m.PingPongCases > m.ReturnCases || m.Duration.All.N != m.Cases {
			t.Fatalf("%+v", m)
		}
		again, problems, _ := Read(strings.NewReader(written(l)))
		if again == nil {
			t.Fatal(problems)
		}
		if diff := cmp.Diff(l.events(), again.events()); diff != "" {
			t.Fatal(diff)
		}
	})
}

func written(l *Log) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(Columns)
	for _, e := range l.events() {
		_ = w.Write([]string{e.Case, e.Activity, e.Time.Format(time.RFC3339Nano), e.Resource})
	}
	w.Flush()
	return b.String()
}
