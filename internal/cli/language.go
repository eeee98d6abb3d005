package cli

import (
	"cmp"
	"errors"
	"strings"

	"plumbline/internal/fault"
	"plumbline/internal/wording"
)

// language is what a command speaks where no --lang says otherwise: PLUMBLINE_LANG, else the locale (LC_ALL,
// LC_MESSAGES, LANG, the first that is set), else English.
func language(env func(string) string) string {
	if lang := env("PLUMBLINE_LANG"); lang == "zh" || lang == "en" {
		return lang
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale := env(name); locale != "" {
			if strings.HasPrefix(strings.ToLower(locale), "zh") {
				return "zh"
			}
			break
		}
	}
	return "en"
}

// T words a message in the language of the terminal.
func (io *IO) T(key string, args ...any) string {
	words, err := catalogue()
	if err != nil {
		return key
	}
	return words.T(cmp.Or(io.Lang, "en"), key, args...)
}

// said words an error: what was given wrongly and faults by the catalogue; what the machine said stands behind or alone.
func (io *IO) said(err error) string {
	words, werr := catalogue()
	if werr != nil {
		return err.Error()
	}
	return worded(words, io.Lang, err)
}

func worded(words *wording.Catalogue, lang string, err error) string {
	var m mistake
	if errors.As(err, &m) {
		return words.T(lang, m.key, m.args...)
	}
	f := fault.As(err)
	if f == nil {
		return err.Error()
	}
	said := []string{words.T(lang, f.Key, f.Args...)}
	for _, field := range f.Fields {
		said = append(said, field.Name+": "+words.T(lang, field.Key, field.Args...))
	}
	if f.Cause != nil {
		said = append(said, "("+f.Cause.Error()+")")
	}
	return strings.Join(said, " ")
}

// mistake is something wrong with what a command was given, in the words of the catalogue.
type mistake struct {
	key  string
	args []any
}

func mistaken(key string, args ...any) error { return mistake{key, args} }

func (m mistake) Error() string {
	words, err := catalogue()
	if err != nil {
		return m.key
	}
	return words.T("en", m.key, m.args...)
}
