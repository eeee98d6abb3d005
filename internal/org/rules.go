package org

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/pack"
)

// The bounds of what people may enter, in characters, and of the tree, in levels.
const (
	MaxName  = 120
	MaxCode  = 40
	MaxDepth = 30
)

// wrongName says what is wrong with a name: "" or a wording key.
func wrongName(name string) string {
	if name == "" {
		return "field.required"
	}
	n, sound := 0, true
	for i, r := range name { // once through: a country has hundreds of thousands of names
		n++
		sound = sound && (r >= ' ' && r < 0x7f || r > 0x9f && r != utf8.RuneError || r == utf8.RuneError && strings.HasPrefix(name[i:], "\uFFFD"))
	}
	switch {
	case n > MaxName:
		return "fault.org.name_long"
	case !sound:
		return "fault.org.name_control"
	}
	return ""
}

func wrongCode(code string) string {
	switch {
	case code == "":
		return "field.required"
	case len(code) > MaxCode || !utf8.ValidString(code):
		return "fault.org.code_long"
	case strings.ContainsFunc(code, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return "fault.org.code_space"
	}
	return ""
}

func checkNames(f *fault.Form, name, nameEn string) {
	if key := wrongName(name); key != "" {
		f.Add("name", key, "Max", MaxName)
	}
	if key := wrongName(nameEn); key != "" && nameEn != "" {
		f.Add("name_en", key, "Max", MaxName)
	}
}

func checkKind(f *fault.Form, kinds []pack.Kind, id string) {
	f.Check(hasKind(kinds, id), "kind", "fault.org.kind", "Kind", id)
}

func hasKind(kinds []pack.Kind, id string) bool {
	for _, k := range kinds {
		if k.ID == id {
			return true
		}
	}
	return false
}

// checkDate wants a date that has come; today "" allows any.
func checkDate(f *fault.Form, field, date, today string) bool {
	switch _, err := calendar.ParseDate(date); {
	case date == "":
		f.Add(field, "field.required")
	case err != nil:
		f.Add(field, "fault.org.date")
	case today != "" && date > today:
		f.Add(field, "fault.org.date_future", "Today", today)
	default:
		return true
	}
	return false
}

// checkSpan wants two dates, each of which may be empty, in order.
func checkSpan(f *fault.Form, from, to string) {
	for _, d := range [][2]string{{"from", from}, {"to", to}} {
		if _, err := calendar.ParseDate(d[1]); d[1] != "" && err != nil {
			f.Add(d[0], "fault.org.date")
			return
		}
	}
	f.Check(to == "" || from < to, "to", "fault.org.span")
}

// changeable says whether a change of the unit can begin on a date: not before the last one, not outside its time.
func changeable(f *fault.Form, u Unit, date string) {
	switch {
	case u.From != "" && date < u.From:
		f.Add("date", "fault.org.before_begin", "Unit", u.Name, "Date", u.From)
	case date < u.Since:
		f.Add("date", "fault.org.changed_since", "Unit", u.Name, "Date", u.Since)
	case u.To != "" && date >= u.To:
		f.Add("date", "fault.org.ended", "Unit", u.Name, "Date", u.To)
	}
}

// overlaps says whether two intervals share a day.
func overlaps(from1, to1, from2, to2 string) bool {
	return (to1 == "" || from2 < to1) && (to2 == "" || from1 < to2)
}

// depth is the number of levels in a path.
func depth(path string) int { return strings.Count(path, "/") - 1 }

// inside says whether a place lies in the subtree of another, or is it.
func inside(path, of string) bool { return strings.HasPrefix(path, of) }

// short cuts a text that stands in a message.
func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

func lower(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
