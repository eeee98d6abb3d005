package scoring

import (
	"bufio"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// longestLine bounds the memory that a broken file can take, in bytes.
const longestLine = 64 << 10

// table reads CSV line by line. It is narrower than RFC 4180 on purpose: no
// field of ours holds a line break, so a quotation mark that is never closed is
// found on its own line instead of swallowing the rest of the file.
type table struct {
	lines  *bufio.Scanner
	source Source
	header []string
	line   int
	fields []string
}

func newTable(r io.Reader, source Source, header ...string) *table {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4096), longestLine)
	return &table{lines: lines, source: source, header: header, fields: make([]string, 0, len(header))}
}

// each checks the header and hands every record to use. The slice is only
// valid during the call. Empty lines are passed over.
func (t *table) each(use func(fields []string) *Problem) *Problem {
	for t.lines.Scan() {
		t.line++
		text := t.lines.Text()
		if t.line == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		if !utf8.ValidString(text) {
			return t.fault(problem(TextEncoding, ""))
		}
		if text == "" && t.line > 1 {
			continue
		}
		if p := t.record(text, use); p != nil {
			return t.fault(p)
		}
	}
	switch err := t.lines.Err(); {
	case err == bufio.ErrTooLong:
		t.line++
		return t.fault(problem(LineLong, "", "most", strconv.Itoa(longestLine)))
	case err != nil:
		t.line++
		return t.fault(problem(TextUnread, "", "reason", oneLine(err)))
	case t.line == 0:
		t.line = 1
		return t.fault(t.headerFault(""))
	}
	return nil
}

func (t *table) record(text string, use func([]string) *Problem) *Problem {
	var fault *Problem
	t.fields, fault = split(t.fields[:0], text)
	switch {
	case t.line == 1:
		if fault != nil || strings.Join(t.fields, ",") != strings.Join(t.header, ",") || len(t.fields) != len(t.header) {
			return t.headerFault(text)
		}
		return nil
	case fault != nil:
		return fault
	case len(t.fields) != len(t.header):
		return problem(CSVColumns, "", "found", strconv.Itoa(len(t.fields)),
			"wanted", strconv.Itoa(len(t.header)), "header", strings.Join(t.header, ","))
	}
	return use(t.fields)
}

func (t *table) headerFault(found string) *Problem {
	return problem(CSVHeader, "", "wanted", strings.Join(t.header, ","), "found", found)
}

// fault puts the line to a problem that does not know its own.
func (t *table) fault(p *Problem) *Problem {
	if p.Line == 0 {
		p.at(t.source, t.line)
	}
	return p
}

// split cuts one line into its fields.
func split(fields []string, line string) ([]string, *Problem) {
	for {
		if strings.HasPrefix(line, `"`) {
			value, rest, ok := unquote(line[1:])
			if !ok || rest != "" && rest[0] != ',' {
				return fields, problem(CSVQuote, "")
			}
			fields = append(fields, value)
			if rest == "" {
				return fields, nil
			}
			line = rest[1:]
			continue
		}
		value, rest, more := strings.Cut(line, ",")
		if strings.Contains(value, `"`) {
			return fields, problem(CSVBare, "")
		}
		fields = append(fields, value)
		if !more {
			return fields, nil
		}
		line = rest
	}
}

// unquote reads up to the closing quotation mark; a doubled one stands for one.
func unquote(s string) (value, rest string, ok bool) {
	var held strings.Builder
	for {
		before, after, found := strings.Cut(s, `"`)
		held.WriteString(before)
		if !found {
			return "", "", false
		}
		if !strings.HasPrefix(after, `"`) {
			return held.String(), after, true
		}
		held.WriteByte('"')
		s = after[1:]
	}
}

// ReadBallots adds every mark of BALLOTS.csv, as a stream: memory grows with
// the units and the ballots, not with the length of the file. The first
// problem ends it.
func ReadBallots(r io.Reader, into *Counter) *Problem {
	t := newTable(r, InBallots, "ballot", "class", "unit", "item", "value")
	return t.each(func(f []string) *Problem {
		return into.mark(Mark{Ballot: f[0], Class: f[1], Unit: f[2], Item: f[3], Value: f[4]}, t.line)
	})
}

// ReadParts adds every score of PARTS.csv. The first problem ends it.
func ReadParts(r io.Reader, into *Counter) *Problem {
	t := newTable(r, InParts, "unit", "part", "score")
	return t.each(func(f []string) *Problem {
		return into.part(PartScore{Unit: f[0], Part: f[1], Score: f[2]}, t.line)
	})
}
