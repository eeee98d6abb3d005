// Package wording holds every string that a person reads, in every language, and words messages with their arguments.
//
// A catalogue is flat JSON, key to text ("report.submit": "Submit [[report]]"); a plural text is an object with "one"
// and "other", chosen by the argument Count. Arguments are Go template fields ({{.Count}}); a further number that has a
// noun behind it brings both forms along ({{count .Rows "row" "rows"}}, {{number .Rows "is" "are"}} without the figure). [[term]] stands for a word of the pack in force, and
// [[Term]] for the same with a capital letter, so that the pages of the engine speak the language of the domain.
package wording

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Languages are the languages of the house; the first one answers a reader who wants none of them.
var Languages = []string{"zh", "en"}

// Terms are the pack's words: term to text, per language.
type Terms map[string]map[string]string

// Catalogue is every string in every language. It is read-only after Load and safe for use by many goroutines.
type Catalogue struct {
	keys   map[string]map[string]bool
	words  map[string]*i18n.Localizer
	plain  map[string]map[string]string // texts that are said as they stand
	plural map[string]map[string]bool   // keys with a form "one"
}

// Load reads the files "*.zh.json" and "*.en.json" of every source; a later source overrides an earlier one. An unknown
// term, broken JSON, or a key that one language lacks is an error that names the place.
func Load(terms Terms, sources ...fs.FS) (*Catalogue, error) {
	c := &Catalogue{keys: map[string]map[string]bool{}, words: map[string]*i18n.Localizer{}, plain: map[string]map[string]string{}, plural: map[string]map[string]bool{}}
	for _, lang := range Languages {
		bundle := i18n.NewBundle(language.Make(lang))
		c.keys[lang], c.plain[lang], c.plural[lang] = map[string]bool{}, map[string]string{}, map[string]bool{}
		for _, src := range sources {
			if err := c.loadSource(bundle, lang, terms[lang], src); err != nil {
				return nil, err
			}
		}
		c.words[lang] = i18n.NewLocalizer(bundle, lang)
	}
	return c, c.complete()
}

func (c *Catalogue) loadSource(bundle *i18n.Bundle, lang string, terms map[string]string, src fs.FS) error {
	return fs.WalkDir(src, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, "."+lang+".json") {
			return err
		}
		text, err := fs.ReadFile(src, name)
		if err != nil {
			return err
		}
		return c.loadFile(bundle, lang, terms, name, text)
	})
}

func (c *Catalogue) loadFile(bundle *i18n.Bundle, lang string, terms map[string]string, name string, text []byte) error {
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(text, &entries); err != nil {
		return fmt.Errorf("wording: %s: %w", name, err)
	}
	for key, raw := range entries {
		msg, err := message(key, raw)
		if err != nil {
			return fmt.Errorf("wording: %s: %s: %w", name, key, err)
		}
		for _, s := range []*string{&msg.One, &msg.Other} {
			if *s, err = fill(*s, terms); err != nil {
				return fmt.Errorf("wording: %s: %s: %w", name, key, err)
			}
		}
		if err := bundle.AddMessages(language.Make(lang), msg); err != nil {
			return fmt.Errorf("wording: %s: %s: %w", name, key, err)
		}
		c.keys[lang][key] = true
		c.plural[lang][key] = msg.One != ""
		delete(c.plain[lang], key)
		if msg.One == "" && !strings.Contains(msg.Other, "{{") {
			c.plain[lang][key] = msg.Other
		}
	}
	return nil
}

func message(key string, raw json.RawMessage) (*i18n.Message, error) {
	msg := &i18n.Message{ID: key}
	if err := json.Unmarshal(raw, &msg.Other); err == nil {
		return msg, nil
	}
	var plural map[string]string
	if err := json.Unmarshal(raw, &plural); err != nil {
		return nil, fmt.Errorf("neither a text nor {one, other}")
	}
	msg.One, msg.Other = plural["one"], plural["other"]
	if msg.Other == "" {
		return nil, fmt.Errorf("has no form \"other\"")
	}
	return msg, nil
}

var termForm = regexp.MustCompile(`\[\[([A-Za-z_.]+)\]\]`)

func fill(text string, terms map[string]string) (string, error) {
	var missing error
	out := termForm.ReplaceAllStringFunc(text, func(m string) string {
		name := m[2 : len(m)-2]
		first, size := utf8.DecodeRuneInString(name)
		word, ok := terms[string(unicode.ToLower(first))+name[size:]]
		if !ok {
			missing = fmt.Errorf("the pack has no term %q", name)
		}
		if unicode.IsUpper(first) {
			word = Capital(word)
		}
		return word
	})
	return out, missing
}

// Capital gives the text with a capital first letter.
func Capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

func (c *Catalogue) complete() error {
	var lacks []string
	for _, lang := range Languages {
		for _, other := range Languages {
			for key := range c.keys[other] {
				if !c.keys[lang][key] {
					lacks = append(lacks, lang+": "+key)
				}
			}
		}
	}
	if len(lacks) == 0 {
		return nil
	}
	sort.Strings(lacks)
	return fmt.Errorf("wording: missing keys: %s", strings.Join(lacks, ", "))
}

// Has says whether there is such a key.
func (c *Catalogue) Has(key string) bool { return c.keys[Languages[0]][key] }

// T words a message; args are name, value pairs. The pair "Count", n also chooses the plural form of a text that has
// two. An unknown key comes back in ⟦brackets⟧, which no test lets pass.
func (c *Catalogue) T(lang, key string, args ...any) string {
	if s, ok := c.plain[lang][key]; ok {
		return s
	}
	loc, plural := c.words[lang], c.plural[lang]
	if loc == nil {
		loc, plural = c.words[Languages[0]], c.plural[Languages[0]]
	}
	cfg := &i18n.LocalizeConfig{MessageID: key, TemplateParser: parser}
	data := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		name := fmt.Sprint(args[i])
		data[name] = args[i+1]
		if name == "Count" && plural[key] { // without a form "one" the library would refuse to word one thing
			cfg.PluralCount = args[i+1]
		}
	}
	cfg.TemplateData = data
	s, err := loc.Localize(cfg)
	if err != nil {
		return "⟦" + key + "⟧"
	}
	return s
}

// Pick chooses the house language for an Accept-Language header.
func Pick(header string) string {
	tags, _, _ := language.ParseAcceptLanguage(header)
	for _, t := range tags {
		base, _ := t.Base()
		for _, lang := range Languages {
			if base.String() == lang {
				return lang
			}
		}
	}
	return Languages[0]
}

// Text is a string in the house languages, as packs write it: {"zh": "…", "en": "…"}.
type Text map[string]string

// In gives the text in lang, or in the first language that has it.
func (t Text) In(lang string) string {
	if s := t[lang]; s != "" {
		return s
	}
	for _, l := range Languages {
		if s := t[l]; s != "" {
			return s
		}
	}
	return ""
}

// Full says whether every house language has a text.
func (t Text) Full() bool {
	for _, l := range Languages {
		if t[l] == "" {
			return false
		}
	}
	return true
}
