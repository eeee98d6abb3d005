package result

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"text/template"

	"plumbline/internal/calendar"
	"plumbline/internal/pack"
	"plumbline/internal/wording"
)

// Letters is how the pack words letters: templates by kind, field and language.
type Letters struct {
	words map[Kind]map[string]map[string]*template.Template
}

// letterFile is letters/KIND.json of a pack. Texts are Go templates over Facts. Sections names the heading of each
// section: "affirmations", "problems", "directions" in feedback, "grade" in a notification.
type letterFile struct {
	Number    wording.Text            `json:"number"`
	Title     wording.Text            `json:"title"`
	Addressee wording.Text            `json:"addressee"`
	Opening   wording.Text            `json:"opening"`
	Sections  map[string]wording.Text `json:"sections"`
	Closing   wording.Text            `json:"closing"`
	Signature wording.Text            `json:"signature"`
}

// Facts is what the wording of a letter may name. Dates are already in words; what a letter has not is "".
type Facts struct {
	Year      int    // under review
	IssueYear int    // of the number
	No        int    // of the number
	Convenor  string // the unit that issues it
	Unit      string
	Person    string // who reported, by the post at the meeting
	Body      string // who decided
	MetOn     string
	Composite string
	Grade     string
	Due       string // when the plan for the problems is due
	Count     int    // of units, in a notification
	Points    int    // problems and directions in feedback
}

// sections are the sections of each kind, in the order of the letter.
var sections = map[Kind][]string{Feedback: {"affirmations", "problems", "directions"}, Notification: {"grade"}}

// LettersFromPack reads letters/feedback.json and letters/notification.json; nil where the pack has no letters at all. A
// text that one language lacks, or that names a fact there is none of, is an error.
func LettersFromPack(files fs.FS) (*Letters, error) {
	l := &Letters{words: map[Kind]map[string]map[string]*template.Template{}}
	for _, kind := range []Kind{Feedback, Notification} {
		name := "letters/" + string(kind) + ".json"
		if _, err := fs.Stat(files, name); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		var f letterFile
		if err := pack.ReadJSON(files, name, &f); err != nil {
			return nil, err
		}
		if err := l.add(kind, f); err != nil {
			return nil, fmt.Errorf("pack: %s: %w", name, err)
		}
	}
	return l, nil
}

func (l *Letters) add(kind Kind, f letterFile) error {
	texts := map[string]wording.Text{"number": f.Number, "title": f.Title, "addressee": f.Addressee, "opening": f.Opening, "closing": f.Closing, "signature": f.Signature}
	for _, id := range sections[kind] {
		texts["sections."+id] = f.Sections[id]
	}
	l.words[kind] = map[string]map[string]*template.Template{}
	for field, text := range texts {
		l.words[kind][field] = map[string]*template.Template{}
		for _, lang := range wording.Languages {
			if text[lang] == "" {
				return fmt.Errorf("%s lacks its text in %s", field, lang)
			}
			t, err := template.New(field).Option("missingkey=error").Parse(text[lang])
			if err != nil {
				return err
			}
			if err := t.Execute(&bytes.Buffer{}, Facts{}); err != nil {
				return err
			}
			l.words[kind][field][lang] = t
		}
	}
	return nil
}

// say words one field of a letter; the templates were tried when the pack was read.
func (l *Letters) say(kind Kind, field, lang string, f Facts) string {
	var b strings.Builder
	if t := l.words[kind][field][lang]; t != nil {
		_ = t.Execute(&b, f)
	}
	return strings.TrimSpace(b.String())
}

// draft words a letter with empty sections.
func (l *Letters) draft(kind Kind, lang string, f Facts) Content {
	c := Content{Title: l.say(kind, "title", lang, f), Addressee: l.say(kind, "addressee", lang, f), Opening: l.say(kind, "opening", lang, f),
		Closing: l.say(kind, "closing", lang, f), Signature: l.say(kind, "signature", lang, f), Sections: []Section{}}
	if kind == Feedback {
		for _, id := range sections[kind] {
			c.Sections = append(c.Sections, Section{ID: id, Heading: l.say(kind, "sections."+id, lang, f), Items: []string{}})
		}
	}
	return c
}

var months = strings.Fields("January February March April May June July August September October November December")

// DateIn writes a date as letters in a language do; what is no date comes back as it is.
func DateIn(lang, date string) string {
	d, err := calendar.ParseDate(date)
	if err != nil {
		return date
	}
	if lang == "zh" {
		return fmt.Sprintf("%d年%d月%d日", d.Year(), int(d.Month()), d.Day())
	}
	return fmt.Sprintf("%d %s %d", d.Day(), months[int(d.Month())-1], d.Year())
}
