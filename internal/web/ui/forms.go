package ui

import (
	"slices"
	"strings"
)

// Field is one question of a form ("c-field"). Type is text (the default),
// textarea, select, radio, checkbox, date, number, file, email, password,
// search, tel or hidden. A checkbox with Options is a group; without, a single
// yes or no whose Value is "1" when ticked.
type Field struct {
	Type, Name, ID string
	Label          string
	HideLabel      bool // read out, but not shown (filters)
	Hint           string
	Error          string // a sentence that says what to do; "" when fine
	Default        string // where the filled-in value comes from: "default: check your own plan"
	Value          string
	Values         []string // the chosen ones of a checkbox group
	Options        []Option // select, radio, checkbox group
	Inline         bool     // short options side by side
	Required       bool     // otherwise "(optional)" stands beside the label
	Readonly       bool
	Disabled       bool
	Autofocus      bool
	Plain          bool // no "(optional)" beside the label
	Autocomplete   string
	Inputmode      string
	Min, Max, Step string
	MaxLength      int
	Rows           int
	Unit           string   // after the box: "%", "days"
	Width          string   // "short", "medium", "" for full
	Accept         string   // file types
	Multiple       bool     // several files
	Placeholder    string   // search boxes only; never instead of a label
	Count          bool     // shows how many characters are written
	Suggest        []string // of a text: values to pick from while typing, others allowed
}

// Option is one choice of a select, radio or checkbox group.
type Option struct {
	Value, Text, Hint string
	Disabled          bool
}

// FieldID is the id of the control: ID, or "f-" and the name.
func (f Field) FieldID() string {
	if f.ID != "" {
		return f.ID
	}
	return "f-" + f.Name
}

// Kind is Type with its default.
func (f Field) Kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// Grouped tells whether the control is a set of choices under a legend.
func (f Field) Grouped() bool {
	return f.Type == "radio" || f.Type == "checkbox" && len(f.Options) > 0
}

// Chosen tells whether an option stands selected.
func (f Field) Chosen(value string) bool {
	if f.Type == "checkbox" {
		return slices.Contains(f.Values, value)
	}
	return f.Value == value
}

// DescribedBy lists the ids of hint, error and default note.
func (f Field) DescribedBy() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.FieldID()+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.FieldID()+"-err")
	}
	if f.Default != "" {
		ids = append(ids, f.FieldID()+"-dflt")
	}
	return strings.Join(ids, " ")
}

// Height is the number of rows of a textarea.
func (f Field) Height() int {
	if f.Rows > 0 {
		return f.Rows
	}
	return 4
}

// ErrorSummary stands above a form that came back ("c-errors").
type ErrorSummary struct {
	Title  string // "" for the ordinary one
	Errors []Link // Href "#f-name"
}

// Errors collects the errors of fields into a summary; nil when there is none.
func Errors(fields ...Field) *ErrorSummary {
	var s ErrorSummary
	for _, f := range fields {
		if f.Error != "" {
			s.Errors = append(s.Errors, Link{Text: f.Error, Href: "#" + f.FieldID()})
		}
	}
	if s.Errors == nil {
		return nil
	}
	return &s
}

// Button is a verb ("c-button"): a link when Href is set, else a submit button.
type Button struct {
	Text     string
	Kind     string // "primary" (one per page), "danger", "quiet", "" for secondary
	Href     string
	Name     string
	Value    string
	Form     string // id of a form that stands elsewhere
	Action   string // posts its form to another address
	Confirm  string // asks this first, in a dialog
	Key      string // keyboard: "e" for edit
	Print    bool   // opens the print dialog; hidden without JavaScript
	Copy     string // copies this address; hidden without JavaScript
	Disabled bool
	Small    bool
	Download bool
	// Post makes the button a form of its own that posts to this address, with
	// Fields as hidden values.
	Post   string
	Fields []Pair
}

// Pair is a hidden form value.
type Pair struct{ Name, Value string }

// Actions is the row of buttons that ends a form ("c-actions").
type Actions struct {
	Buttons []Button
	Note    string
	Sticky  bool // stays in sight under a long form
	Status  bool // room for the autosave status
}

// Filter is a GET form above a list ("c-filter"): its address can be shared.
type Filter struct {
	Action string
	Fields []Field // the first takes the free width
	Chips  []Link  // what is filtered by; the address removes it
	Clear  string  // address without any filter
	Count  string  // "37 of 904"
	Hidden []Pair
}

// Folds says whether a phone hides the fields behind the first until the reader unfolds them: a list should begin on the
// first screen, and two fields leave it there.
func (f Filter) Folds() bool { return len(f.Fields) > 2 }

// Active counts the fields behind the first that filter: those that hold something else than their first choice.
func (f Filter) Active() (n int) {
	for _, field := range f.Fields[min(1, len(f.Fields)):] {
		if field.Value != "" && (len(field.Options) == 0 || field.Value != field.Options[0].Value) {
			n++
		}
	}
	return n
}
