package scoring

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// longestPlan is far above any plan a person could read, in bytes.
const longestPlan = 1 << 20

// PlanFile is a plan read from JSON that still knows where its fields stood.
type PlanFile struct {
	Plan
	lines map[string]int
}

// Line is the line on which the field at a path stands, or the nearest field
// around it; paths are those of Problem.
func (f *PlanFile) Line(path string) int {
	for path != "" {
		if line, ok := f.lines[path]; ok {
			return line
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return max(f.lines[""], 1)
}

// ReadPlan reads and validates PLAN.json. It is stricter than encoding/json:
// an unknown field, a field given twice and a field of the wrong type are
// problems. Missing are allowed: grades, parts and bands (none), trim and quota
// (null), empty_class (refuse), decimals (2). All problems are returned, by
// line; a plan with problems must not be used.
func ReadPlan(r io.Reader) (*PlanFile, []Problem) {
	file := &PlanFile{lines: map[string]int{}}
	text, fault := planText(r)
	if fault != nil {
		return file, []Problem{*fault}
	}
	root, fault := parseJSON(text)
	if fault != nil {
		return file, []Problem{*fault}
	}
	d := &planDecoder{lines: file.lines}
	file.Plan = d.plan(root)
	problems := d.found
	if len(problems) == 0 {
		problems = file.Validate()
	}
	for i := range problems {
		if problems[i].Line == 0 {
			problems[i].Line = file.Line(problems[i].Path)
		}
	}
	sort.SliceStable(problems, func(i, j int) bool { return problems[i].Line < problems[j].Line })
	return file, problems
}

// planText reads the whole text, without a byte order mark.
func planText(r io.Reader) ([]byte, *Problem) {
	text, err := io.ReadAll(io.LimitReader(r, longestPlan+1))
	switch {
	case err != nil:
		return nil, problem(TextUnread, "", "reason", oneLine(err)).at(InPlan, 1)
	case len(text) > longestPlan:
		return nil, problem(TextTooLong, "", "most", strconv.Itoa(longestPlan)).at(InPlan, 1)
	}
	for i, line := range bytes.Split(text, []byte("\n")) {
		if !utf8.Valid(line) {
			return nil, problem(TextEncoding, "").at(InPlan, i+1)
		}
	}
	return bytes.TrimPrefix(text, []byte("\ufeff")), nil
}

// node is a JSON value that knows its line.
type node struct {
	line   int
	kind   Code   // JSONObject, JSONList, JSONString, JSONNumber or JSONOther
	text   string // of a string, number or literal
	fields []field
	list   []*node
}

type field struct {
	name  string
	line  int
	value *node
}

// deepest is more than a plan ever nests.
const deepest = 16

// parseJSON turns a text into nodes. The syntax is checked as a whole first,
// so that the walk over the tokens can't fail for any reason but its depth.
func parseJSON(text []byte) (*node, *Problem) {
	line := func(offset int64) int { return 1 + bytes.Count(text[:offset], []byte("\n")) }
	var whole json.RawMessage
	if err := json.Unmarshal(text, &whole); err != nil {
		offset := int64(len(bytes.TrimRight(text, " \t\r\n")))
		if syntax, ok := err.(*json.SyntaxError); ok && syntax.Offset <= offset {
			offset = max(syntax.Offset-1, 0)
		}
		return nil, problem(JSONSyntax, "", "reason", oneLine(err)).at(InPlan, line(offset))
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	w := &jsonWalk{decoder: decoder, line: line}
	root, err := w.value(0)
	if err != nil {
		return nil, problem(JSONSyntax, "", "reason", oneLine(err)).at(InPlan, line(decoder.InputOffset()))
	}
	return root, nil
}

type jsonWalk struct {
	decoder *json.Decoder
	line    func(offset int64) int
}

func (w *jsonWalk) value(depth int) (*node, error) {
	if depth > deepest {
		return nil, fmt.Errorf("nested more than %d deep", deepest)
	}
	token, err := w.decoder.Token()
	if err != nil {
		return nil, err
	}
	n := &node{line: w.line(w.decoder.InputOffset())}
	switch t := token.(type) {
	case json.Delim:
		if t == '{' {
			n.kind = JSONObject
			return n, w.object(n, depth)
		}
		n.kind = JSONList
		return n, w.array(n, depth)
	case string:
		n.kind, n.text = JSONString, t
	case json.Number:
		n.kind, n.text = JSONNumber, t.String()
	default:
		n.kind = JSONOther
		if token == nil {
			n.text = "null"
		}
	}
	return n, nil
}

func (w *jsonWalk) object(n *node, depth int) error {
	for w.decoder.More() {
		token, err := w.decoder.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		line := w.line(w.decoder.InputOffset())
		value, err := w.value(depth + 1)
		if err != nil {
			return err
		}
		n.fields = append(n.fields, field{name, line, value})
	}
	_, err := w.decoder.Token()
	return err
}

func (w *jsonWalk) array(n *node, depth int) error {
	for w.decoder.More() {
		value, err := w.value(depth + 1)
		if err != nil {
			return err
		}
		n.list = append(n.list, value)
	}
	_, err := w.decoder.Token()
	return err
}

// oneLine keeps a foreign error from breaking the line of a message.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
