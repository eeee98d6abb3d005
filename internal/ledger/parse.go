package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"sort"
	"strconv"
	"strings"

	"plumbline/internal/authz"
)

// Parse reads a definition and checks it against the roles in force. It reports every problem, in the order of the
// lines; the definition is of use only where there is none. What it says of other ledgers is checked by ParseAmong.
func Parse(file string, text []byte, roles []authz.Role) (*Definition, []Problem) {
	d, c := parse(file, text, roles)
	return d, c.sorted()
}

// ParseAmong is Parse for a definition that stands beside others: it checks what each says of the other, too. A
// definition of the same id among the others is the one whose place the new one takes. Problems that the new one makes
// for another stand at its first line.
func ParseAmong(file string, text []byte, roles []authz.Role, others []*Definition) (*Definition, []Problem) {
	d, c := parse(file, text, roles)
	if d == nil {
		return nil, c.sorted()
	}
	all := map[string]*Definition{}
	for _, o := range others {
		all[o.ID] = o
	}
	all[d.ID] = d
	c.among(d, all)
	for _, o := range others {
		if o.ID == d.ID {
			continue
		}
		theirs := &checker{file: file, lines: map[string]int{}}
		theirs.among(o, all)
		for _, p := range theirs.problems {
			c.note("", "ledger.check.breaks_other", "ID", o.ID, "Problem", p)
		}
	}
	return d, c.sorted()
}

// parse reads and checks a definition by itself; the definition is nil where the text can't be read as one.
func parse(file string, text []byte, roles []authz.Role) (*Definition, *checker) {
	c := &checker{file: file, lines: map[string]int{}, roles: roles}
	if err := c.index(text); err != nil {
		c.unreadable(text, err)
		return nil, c
	}
	c.unknown(text)
	d := &Definition{}
	if err := json.Unmarshal(text, d); err != nil {
		c.unreadable(text, err)
		return nil, c
	}
	c.check(d)
	return d, c
}

func (c *checker) unreadable(text []byte, err error) {
	c.problems = append(c.problems, Problem{File: c.file, Line: lineAt(text, offsetOf(err, len(text))), Key: "ledger.check.json", Args: []any{"Error", err.Error()}})
}

// sorted gives the problems in the order of their lines.
func (c *checker) sorted() []Problem {
	sort.SliceStable(c.problems, func(i, j int) bool { return c.problems[i].Line < c.problems[j].Line })
	return c.problems
}

func offsetOf(err error, end int) int {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return int(syntax.Offset)
	case errors.As(err, &kind):
		return int(kind.Offset)
	}
	return end
}

func lineAt(text []byte, offset int) int {
	return 1 + bytes.Count(text[:min(max(offset, 0), len(text))], []byte{'\n'})
}

// index notes on which line every value of the text stands, by its path ("/states/3/name").
func (c *checker) index(text []byte) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	if err := c.walk(dec, text, ""); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return fmt.Errorf("more than one value in the file")
	}
	return nil
}

// maxDepth is more than any definition nests.
const maxDepth = 20

func (c *checker) walk(dec *json.Decoder, text []byte, path string) error {
	tok, err := dec.Token()
	if err != nil {
		return err
	}
	c.lines[path] = lineAt(text, int(dec.InputOffset()))
	delim, ok := tok.(json.Delim)
	if !ok {
		return nil
	}
	if strings.Count(path, "/") > maxDepth {
		return fmt.Errorf("nested too deeply")
	}
	for i := 0; dec.More(); i++ {
		part := strconv.Itoa(i)
		if delim == '{' {
			key, err := dec.Token()
			if err != nil {
				return err
			}
			part = key.(string)
			if _, doubled := c.lines[path+"/"+part]; doubled {
				c.lines[path+"/"+part] = lineAt(text, int(dec.InputOffset()))
				c.note(path+"/"+part, "ledger.check.doubled_key", "Key", part)
			}
		}
		if err := c.walk(dec, text, path+"/"+part); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}

// unknown notes every key that a definition does not have.
func (c *checker) unknown(text []byte) {
	var tree any
	if json.Unmarshal(text, &tree) == nil {
		c.unknownIn(tree, reflect.TypeFor[Definition](), "")
	}
}

func (c *checker) unknownIn(tree any, t reflect.Type, path string) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch node := tree.(type) {
	case []any:
		if t.Kind() == reflect.Slice {
			for i, x := range node {
				c.unknownIn(x, t.Elem(), fmt.Sprintf("%s/%d", path, i))
			}
		}
	case map[string]any:
		if t.Kind() == reflect.Map {
			for key, x := range node {
				c.unknownIn(x, t.Elem(), path+"/"+key)
			}
			return
		}
		if t.Kind() != reflect.Struct {
			return
		}
		keys := map[string]reflect.Type{}
		for i := range t.NumField() {
			if tag, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); tag != "" {
				keys[tag] = t.Field(i).Type
			}
		}
		for key, x := range node {
			if inner, ok := keys[key]; ok {
				c.unknownIn(x, inner, path+"/"+key)
			} else {
				c.note(path+"/"+key, "ledger.check.unknown_key", "Key", key)
			}
		}
	}
}
