package flow

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// The codes of problems: kinds of what can be wrong with a file of events. The words are flow.problem.<code>.
const (
	ProblemHeader   = "header"   // Want: the columns that are missing
	ProblemDoubled  = "doubled"  // Column stands in the header twice
	ProblemColumns  = "columns"  // Found columns, the header has Want
	ProblemQuote    = "quote"    // a quotation mark is not closed or stands in the middle
	ProblemEmpty    = "empty"    // Column is empty
	ProblemTime     = "time"     // Value is no time
	ProblemEncoding = "encoding" // not UTF-8
	ProblemLong     = "long"     // the line is longer than Most KiB
	ProblemUnread   = "unread"   // Reason
)

// Problem is one thing that is wrong in a file. Line counts from 1. Args are name, value pairs for the wording.
type Problem struct {
	Line int
	Code string
	Args []any
}

// MostProblems is how many problems Read names; more are counted.
const MostProblems = 50

// Columns are those that a file must have; their order is free and others are passed over.
var Columns = []string{"case", "activity", "time", "resource"}

// longestRecord bounds the memory that a quotation mark that is never closed can take.
const longestRecord = 1 << 20

// Read reads a log from CSV (RFC 4180, UTF-8 with or without a byte order mark), which may be packed with gzip. The
// first line names the columns. A file in which anything is wrong gives no log but its first MostProblems problems, in
// the order of lines, and how many there are.
func Read(r io.Reader) (log *Log, problems []Problem, wrong int) {
	in := &reading{log: NewLog()}
	text, err := unpacked(r)
	if err != nil {
		in.unread(1, err)
		return nil, in.problems, in.wrong
	}
	in.read(text)
	if in.wrong > 0 {
		return nil, in.problems, in.wrong
	}
	return in.log, nil, 0
}

// unpacked looks at the first bytes of a file, not at its name, and passes over a byte order mark.
func unpacked(r io.Reader) (*bufio.Reader, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if magic, _ := in.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, err
		}
		in = bufio.NewReaderSize(z, 64<<10)
	}
	if mark, _ := in.Peek(3); string(mark) == "\ufeff" {
		_, _ = in.Discard(3)
	}
	return in, nil
}

// bounded ends a record that grows too long.
type bounded struct {
	r    io.Reader
	left int
}

var errLong = errors.New("record too long")

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLong
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// reading is the work of one Read.
type reading struct {
	log      *Log
	problems []Problem
	wrong    int
	width    int
	at       [4]int // where each of Columns stands
}

func (in *reading) bad(line int, code string, args ...any) {
	in.wrong++
	if len(in.problems) < MostProblems {
		in.problems = append(in.problems, Problem{line, code, args})
	}
}

func (in *reading) unread(line int, err error) {
	in.bad(line, ProblemUnread, "Reason", strings.ReplaceAll(err.Error(), "\n", " "))
}

func (in *reading) read(text io.Reader) {
	limit := &bounded{r: text}
	lines := csv.NewReader(limit)
	lines.ReuseRecord, lines.FieldsPerRecord = true, -1
	next := 1 // the line on which the next record begins, unless it is blank
	for {
		limit.left = longestRecord
		fields, err := lines.Read()
		line := next
		switch wrong := (*csv.ParseError)(nil); {
		case err == io.EOF && in.width == 0 && in.wrong == 0:
			in.bad(1, ProblemHeader, "Want", strings.Join(Columns, ", "))
			return
		case err == io.EOF:
			return
		case errors.As(err, &wrong):
			next = wrong.Line + 1
			in.bad(wrong.StartLine, ProblemQuote)
			if in.width == 0 {
				return
			}
			continue
		case errors.Is(err, errLong):
			in.bad(line, ProblemLong, "Most", longestRecord>>10)
			return
		case err != nil:
			in.unread(line, err)
			return
		}
		line, _ = lines.FieldPos(0)
		last, _ := lines.FieldPos(len(fields) - 1)
		next = last + strings.Count(fields[len(fields)-1], "\n") + 1
		if in.width == 0 {
			if !in.header(fields, line) {
				return
			}
			continue
		}
		in.record(fields, line)
	}
}

// header finds the columns by name, whatever the case of their letters and the blanks around them.
func (in *reading) header(fields []string, line int) bool {
	in.width = len(fields)
	var missing []string
	for i, want := range Columns {
		in.at[i] = -1
		for j, name := range fields {
			if !strings.EqualFold(strings.TrimSpace(name), want) {
				continue
			}
			if in.at[i] >= 0 {
				in.bad(line, ProblemDoubled, "Column", want)
				return false
			}
			in.at[i] = j
		}
		if in.at[i] < 0 {
			missing = append(missing, want)
		}
	}
	if missing != nil {
		in.bad(line, ProblemHeader, "Want", strings.Join(missing, ", "))
	}
	return missing == nil
}

// record takes one event, or says the first thing that is wrong with it.
func (in *reading) record(fields []string, line int) {
	if len(fields) != in.width {
		in.bad(line, ProblemColumns, "Found", len(fields), "Want", in.width)
		return
	}
	kase, activity, when, resource := fields[in.at[0]], fields[in.at[1]], fields[in.at[2]], fields[in.at[3]]
	if !utf8.ValidString(kase) || !utf8.ValidString(activity) || !utf8.ValidString(when) || !utf8.ValidString(resource) {
		in.bad(line, ProblemEncoding)
		return
	}
	for i, value := range []string{kase, activity, when} {
		if strings.TrimSpace(value) == "" {
			in.bad(line, ProblemEmpty, "Column", Columns[i])
			return
		}
	}
	at, ok := parseTime(strings.TrimSpace(when))
	if !ok {
		in.bad(line, ProblemTime, "Value", shown(when))
		return
	}
	if strings.TrimSpace(resource) == "" {
		resource = ""
	}
	if in.wrong == 0 { // otherwise there will be no log, and nothing need be kept
		in.log.add(kase, activity, resource, at)
	}
}

// shown is a text of the input on one line and of bounded length.
func shown(s string) string {
	const most = 60
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '�'
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
