package plan

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/wording"
)

// A plan travels through a form as one value a field, named by its path: "classes.0.weight", "areas.2.name.zh". A part
// that may be missing has a field "on" ("quota.on"); lists of words are fields with several values.

// FieldName is the form's field for a problem's path: "classes[1].name" gives "classes.1.name.zh".
func FieldName(path string) string {
	name := strings.NewReplacer("[", ".", "]", "").Replace(path)
	if strings.HasSuffix(name, ".name") || strings.HasSuffix(name, ".hint") {
		name += "." + wording.Languages[0]
	}
	return name
}

// Encode gives the form's values of a body.
func (b Body) Encode() url.Values {
	v := url.Values{}
	encode(v, "", reflect.ValueOf(b.normal()))
	return v
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func tagOf(f reflect.StructField) string { return f.Tag.Get("json") }

func encode(v url.Values, path string, x reflect.Value) {
	switch x.Kind() {
	case reflect.Struct:
		for i := range x.NumField() {
			encode(v, join(path, tagOf(x.Type().Field(i))), x.Field(i))
		}
	case reflect.Pointer:
		if !x.IsNil() {
			v.Set(path+".on", "1")
			encode(v, path, x.Elem())
		}
	case reflect.Slice:
		for i := range x.Len() {
			if x.Index(i).Kind() == reflect.String {
				v.Add(path, x.Index(i).String())
				continue
			}
			encode(v, fmt.Sprintf("%s.%d", path, i), x.Index(i))
		}
	case reflect.Map:
		for _, lang := range wording.Languages {
			v.Set(join(path, lang), x.Interface().(wording.Text)[lang])
		}
	case reflect.Bool:
		if x.Bool() {
			v.Set(path, "1")
		}
	case reflect.Int:
		v.Set(path, strconv.FormatInt(x.Int(), 10))
	case reflect.String:
		v.Set(path, x.String())
	}
}

// Decode reads a body from a form. Rows without an id get a free one, so that nobody is asked for it. What is no whole
// number where one belongs is a problem, and every other field is read all the same.
func Decode(v url.Values) (Body, []Problem) {
	d := &decoder{values: v}
	var b Body
	d.value("", reflect.ValueOf(&b).Elem())
	b.number()
	return b, d.found
}

type decoder struct {
	values url.Values
	found  []Problem
}

func (d *decoder) text(path string) string { return strings.TrimSpace(d.values.Get(path)) }

func (d *decoder) value(path string, x reflect.Value) {
	switch x.Kind() {
	case reflect.Struct:
		for i := range x.NumField() {
			d.value(join(path, tagOf(x.Type().Field(i))), x.Field(i))
		}
	case reflect.Pointer:
		if d.text(path+".on") != "" {
			x.Set(reflect.New(x.Type().Elem()))
			d.value(path, x.Elem())
		}
	case reflect.Slice:
		d.list(path, x)
	case reflect.Map:
		text := wording.Text{}
		for _, lang := range wording.Languages {
			if s := d.text(join(path, lang)); s != "" {
				text[lang] = s
			}
		}
		x.Set(reflect.ValueOf(text))
	case reflect.Bool:
		x.SetBool(d.text(path) != "")
	case reflect.Int:
		n, err := strconv.Atoi(d.text(path))
		if err != nil && d.text(path) != "" {
			d.found = append(d.found, Problem{path, "fault.plan.whole", nil})
		}
		x.SetInt(int64(n))
	case reflect.String:
		x.SetString(d.text(path))
	}
}

func (d *decoder) list(path string, x reflect.Value) {
	if x.Type().Elem().Kind() == reflect.String {
		for _, s := range d.values[path] {
			x.Set(reflect.Append(x, reflect.ValueOf(s).Convert(x.Type().Elem())))
		}
		return
	}
	for _, i := range Rows(d.values, path) {
		row := reflect.New(x.Type().Elem()).Elem()
		d.value(fmt.Sprintf("%s.%d", path, i), row)
		x.Set(reflect.Append(x, row))
	}
}

// Rows lists the numbers of the rows that a form holds of a list, in order; gaps are rows that were taken out.
func Rows(v url.Values, path string) []int {
	seen := map[int]bool{}
	for name := range v {
		rest, ok := strings.CutPrefix(name, path+".")
		if !ok {
			continue
		}
		head, _, _ := strings.Cut(rest, ".")
		if n, err := strconv.Atoi(head); err == nil && n >= 0 && n <= 10*most && strconv.Itoa(n) == head {
			seen[n] = true
		}
	}
	var out []int
	for n := range seen {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// DropRow takes a row out of a form: path is "classes.1".
func DropRow(v url.Values, path string) {
	for name := range v {
		if strings.HasPrefix(name, path+".") {
			delete(v, name)
		}
	}
}

// AddRow puts an empty row behind the last one of a list.
func AddRow(v url.Values, path string) {
	next := 0
	for _, n := range Rows(v, path) {
		next = n + 1
	}
	at := fmt.Sprintf("%s.%d", path, next)
	v.Set(at+".id", "")
	switch path {
	case "steps":
		v.Set(at+".offset", "0")
		v.Set(at+".days", string(CalendarDays))
		v.Set(at+".who", string(Everyone))
	case "report.sections":
		v.Set(at+".kind", string(Free))
	case "parts":
		v.Set(at+".kind", string(FromFile))
	case "calls":
		v.Set(at+".mode", string(Oral))
		v.Set(at+".choice", string(Required))
	case "ties":
		v.Set(at+".kind", string(BodyDecides))
	}
}

// number gives ids to rows that have none.
func (b *Body) number() {
	numberRows(b.Areas, "area", func(x *Area) *string { return &x.ID })
	numberRows(b.Report.Sections, "section", func(x *Section) *string { return &x.ID })
	numberRows(b.Classes, "", func(x *Class) *string { return &x.ID })
	numberRows(b.Items, "item", func(x *Item) *string { return &x.ID })
	numberRows(b.Grades, "grade", func(x *Grade) *string { return &x.ID })
	numberRows(b.Parts, "part", func(x *Part) *string { return &x.ID })
	numberRows(b.Steps, "step", func(x *Step) *string { return &x.ID })
	for i := range b.Parts {
		p := &b.Parts[i]
		if p.Kind != FromSheet {
			p.Sheet = nil
			continue
		}
		if p.Sheet == nil {
			p.Sheet = &Sheet{Start: "100", Floor: "0", Ceiling: "100"}
		}
		numberRows(p.Sheet.Lines, "line", func(x *SheetLine) *string { return &x.ID })
	}
}

// numberRows uses letters where prefix is "", else the prefix and a number.
func numberRows[T any](list []T, prefix string, id func(*T) *string) {
	used := map[string]bool{}
	for i := range list {
		used[*id(&list[i])] = true
	}
	n := 0
	for i := range list {
		at := id(&list[i])
		for *at == "" {
			n++
			name := prefix + strconv.Itoa(n)
			if prefix == "" && n <= 26 {
				name = string(rune('A' + n - 1))
			} else if prefix == "" {
				name = "class" + strconv.Itoa(n)
			}
			if !used[name] {
				*at, used[name] = name, true
			}
		}
	}
}

// RaiseRow lets a row change places with the one before it: path is "classes.1".
func RaiseRow(v url.Values, path string) {
	cut := strings.LastIndex(path, ".")
	if cut < 0 {
		return
	}
	list, before := path[:cut], -1
	for _, n := range Rows(v, list) {
		if strconv.Itoa(n) == path[cut+1:] {
			break
		}
		before = n
	}
	if before < 0 {
		return
	}
	other := fmt.Sprintf("%s.%d", list, before)
	swapped := url.Values{}
	for name, values := range v {
		if rest, ok := strings.CutPrefix(name, path+"."); ok {
			swapped[other+"."+rest] = values
			delete(v, name)
		} else if rest, ok := strings.CutPrefix(name, other+"."); ok {
			swapped[path+"."+rest] = values
			delete(v, name)
		}
	}
	for name, values := range swapped {
		v[name] = values
	}
}
