package ledger

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

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
	c.breaks(d, others, all)
	return d, c.sorted()
}

// Source is a file that holds a definition.
type Source struct {
	Name string
	Text []byte
}

// CheckTogether checks files as if they stood in a pack beside the ledgers that it has; a file takes the place of the one
// of its id. Problems come file by file, in the order of the lines.
func CheckTogether(sources []Source, roles []authz.Role, beside *Types) []Problem {
	all, given := map[string]*Definition{}, map[string]bool{}
	for _, d := range beside.All() {
		all[d.ID] = d
	}
	read, checkers := make([]*Definition, len(sources)), make([]*checker, len(sources))
	for i, s := range sources {
		d, c := parse(s.Name, s.Text, roles)
		read[i], checkers[i] = d, c
		if d == nil {
			continue
		}
		c.must(!given[d.ID], "/id", "ledger.check.doubled_id", "ID", d.ID)
		all[d.ID], given[d.ID] = d, true
	}
	kept := slices.DeleteFunc(beside.All(), func(d *Definition) bool { return given[d.ID] })
	var out []Problem
	for i, c := range checkers {
		if d := read[i]; d != nil {
			c.among(d, all)
			c.heldFacts(d, beside.facts)
			c.numbers(d, all)
			c.breaks(d, kept, all)
		}
		out = append(out, c.sorted()...)
	}
	return out
}

// breaks notes what would no longer hold in other definitions.
func (c *checker) breaks(d *Definition, others []*Definition, all map[string]*Definition) {
	for _, o := range others {
		if o.ID == d.ID {
			continue
		}
		theirs := &checker{file: c.file, lines: map[string]int{}}
		theirs.among(o, all)
		for _, p := range theirs.problems {
			c.note("", "ledger.check.breaks_other", "ID", o.ID, "Problem", p)
		}
	}
}

// numbers notes that another definition's matters have numbers of the same pattern.
func (c *checker) numbers(d *Definition, all map[string]*Definition) {
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if id != d.ID && all[id].Number == d.Number {
			c.note("/number", "ledger.check.number_taken", "Value", d.Number, "Name", id)
			return
		}
	}
}

// parse reads and checks a definition by itself; the definition is nil where the text can't be read as one.
func parse(file string, text []byte, roles []authz.Role) (*Definition, *checker) {
	c := &checker{file: file, lines: map[string]int{}, roles: roles}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if err := c.index(text); err != nil {
		c.unreadable(text, err)
		return nil, c
	}
	if !c.shaped(text, reflect.TypeFor[Definition]()) {
		return nil, c
	}
	d := &Definition{}
	if err := json.Unmarshal(text, d); err != nil {
		c.unreadable(text, err)
		return nil, c
	}
	c.check(d)
	return d, c
}

// misread is why a text is no JSON, and where.
type misread struct {
	key    string
	offset int
}

func (m misread) Error() string { return m.key }

// unreadable notes why a text can't be read.
func (c *checker) unreadable(text []byte, err error) {
	m := misread{"ledger.check.json", len(text)}
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &m):
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		m = misread{"ledger.check.ends", len(bytes.TrimSpace(text))}
	case errors.As(json.Unmarshal(text, new(json.RawMessage)), &syntax): // reading value by value loses count of the place
		m.offset = int(syntax.Offset) - 1
	}
	c.problems = append(c.problems, Problem{File: c.file, Line: lineAt(text, m.offset), Key: m.key})
}

// sorted gives the problems in the order of their lines.
func (c *checker) sorted() []Problem {
	sort.SliceStable(c.problems, func(i, j int) bool { return c.problems[i].Line < c.problems[j].Line })
	return c.problems
}

func lineAt(text []byte, offset int) int {
	return 1 + bytes.Count(text[:min(max(offset, 0), len(text))], []byte{'\n'})
}

// index notes on which line every value of the text stands, by its path ("/states/3/name").
func (c *checker) index(text []byte) error {
	if len(bytes.TrimSpace(text)) == 0 {
		return misread{"ledger.check.empty", 0}
	}
	if !utf8.Valid(text) {
		return misread{"ledger.check.not_utf8", firstInvalid(text)}
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	if err := c.walk(dec, text, ""); err != nil {
		return err
	}
	if rest := bytes.TrimLeft(text[dec.InputOffset():], " \t\r\n"); len(rest) > 0 {
		return misread{"ledger.check.goes_on", len(text) - len(rest)}
	}
	return nil
}

// firstInvalid is where a text leaves UTF-8.
func firstInvalid(text []byte) int {
	at := 0
	for at < len(text) {
		r, n := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && n == 1 {
			return at
		}
		at += n
	}
	return at
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
		return misread{"ledger.check.too_deep", int(dec.InputOffset())}
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

// shaped notes every key that what a text has to be read as does not have, and every value that is not of the kind that
// stands there; it says whether the text can be read so.
func (c *checker) shaped(text []byte, as reflect.Type) bool {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		c.unreadable(text, err)
		return false
	}
	return c.shape(tree, as, "")
}

// shape looks at one value and at all within it; what was left empty (null) is of any kind.
func (c *checker) shape(tree any, t reflect.Type, path string) bool {
	if tree == nil {
		return true
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if key := misshapen(tree, t); key != "" {
		c.note(path, key)
		return false
	}
	good := true
	switch node := tree.(type) {
	case []any:
		for i, x := range node {
			good = c.shape(x, t.Elem(), fmt.Sprintf("%s/%d", path, i)) && good
		}
	case map[string]any:
		keys := keysOf(t)
		for _, key := range slices.Sorted(maps.Keys(node)) {
			inner, ok := keys[key], true
			if t.Kind() == reflect.Map {
				inner = t.Elem()
			} else {
				_, ok = keys[key]
			}
			if !ok {
				c.note(path+"/"+key, "ledger.check.unknown_key", "Key", key)
				continue
			}
			good = c.shape(node[key], inner, path+"/"+key) && good
		}
	}
	return good
}

// keysOf gives the keys of a part of a definition, with what stands under each.
func keysOf(t reflect.Type) map[string]reflect.Type {
	keys := map[string]reflect.Type{}
	if t.Kind() != reflect.Struct {
		return keys
	}
	for i := range t.NumField() {
		if tag := memberName(t.Field(i)); tag != "" {
			keys[tag] = t.Field(i).Type
		}
	}
	return keys
}

// misshapen says what is wrong with the kind of a value where one of a type has to stand; "" where nothing is.
func misshapen(tree any, t reflect.Type) string {
	_, isText := tree.(string)
	number, isNumber := tree.(json.Number)
	switch {
	case t == reflect.TypeFor[Literal]():
		return unless(isText || isNumber, "ledger.check.want_literal")
	case t.Kind() == reflect.String, reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return unless(isText, "ledger.check.want_text")
	}
	switch t.Kind() {
	case reflect.Bool:
		_, ok := tree.(bool)
		return unless(ok, "ledger.check.want_bool")
	case reflect.Int:
		_, err := strconv.ParseInt(number.String(), 10, strconv.IntSize)
		return unless(err == nil, "ledger.check.want_whole")
	case reflect.Slice:
		_, ok := tree.([]any)
		return unless(ok, "ledger.check.want_list")
	}
	_, ok := tree.(map[string]any)
	return unless(ok, "ledger.check.want_object")
}

func unless(ok bool, key string) string {
	if ok {
		return ""
	}
	return key
}
