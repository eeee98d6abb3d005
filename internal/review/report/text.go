package report

import (
	"strings"
	"unicode"

	"plumbline/internal/wording"
)

// tidy makes text fit to be kept: valid UTF-8, one kind of line end, no control characters, no blank at the end.
func tidy(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "�")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r != '\n' && r != '\t' && unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
	return strings.TrimRight(s, " \t\n\u3000")
}

// Length counts text as office programs do: every Chinese character and every mark counts one, and so does every run
// of other letters and figures; blanks count nothing.
func Length(s string) int {
	n, inWord := 0, false
	for _, r := range s {
		switch {
		case wide(r):
			n, inWord = n+1, false
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if !inWord {
				n++
			}
			inWord = true
		case inWord && strings.ContainsRune("'’.,-%", r): // belongs to the word or the figure
		case unicode.IsPunct(r) || unicode.IsSymbol(r):
			n, inWord = n+1, false
		case unicode.IsSpace(r):
			inWord = false
		}
	}
	return n
}

func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// sentenceMin is the length below which a sentence is too common to say anything.
const sentenceMin = 8

// sentences cuts text at full stops and line ends, and strips what does not matter when two are compared.
func sentences(s string) []string {
	var out []string
	var b strings.Builder
	end := func() {
		if Length(b.String()) >= sentenceMin {
			out = append(out, b.String())
		}
		b.Reset()
	}
	text := []rune(s)
	for i, r := range text {
		switch {
		case strings.ContainsRune("。！？；!?;\n", r), r == '.' && (i+1 == len(text) || unicode.IsSpace(text[i+1])):
			end()
		case unicode.IsSpace(r):
			if old := b.String(); old != "" && !strings.HasSuffix(old, " ") && r != '\u3000' {
				b.WriteRune(' ')
			}
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			b.WriteRune(unicode.ToLower(r))
		}
	}
	end()
	return out
}

// Repeated counts the sentences of now, and how many of them stood in before in the same words.
func Repeated(now, before string) (same, all int) {
	old := map[string]bool{}
	for _, s := range sentences(before) {
		old[strings.TrimSpace(s)] = true
	}
	for _, s := range sentences(now) {
		all++
		if old[strings.TrimSpace(s)] {
			same++
		}
	}
	return same, all
}

// Piece is a run of text, or a number that stands in its place.
type Piece struct {
	Text   string
	Number *Number
}

// Pieces cuts text at its placeholders: {Label} in any language, or {key}. Braces around anything else are text.
func Pieces(text string, numbers []Number) []Piece {
	var out []Piece
	rest := text
	for {
		from := strings.IndexByte(rest, '{')
		if from < 0 {
			break
		}
		to := strings.IndexByte(rest[from:], '}')
		if to < 0 {
			break
		}
		n := findNumber(rest[from+1:from+to], numbers)
		if n == nil {
			out = appendText(out, rest[:from+1])
			rest = rest[from+1:]
			continue
		}
		out = append(appendText(out, rest[:from]), Piece{Text: n.Value, Number: n})
		rest = rest[from+to+1:]
	}
	return appendText(out, rest)
}

func appendText(out []Piece, s string) []Piece {
	if s == "" {
		return out
	}
	if n := len(out); n > 0 && out[n-1].Number == nil {
		out[n-1].Text += s
		return out
	}
	return append(out, Piece{Text: s})
}

func findNumber(name string, numbers []Number) *Number {
	name = strings.TrimSpace(name)
	for i := range numbers {
		if name == numbers[i].Key {
			return &numbers[i]
		}
		for _, lang := range wording.Languages {
			if name != "" && name == numbers[i].Label[lang] {
				return &numbers[i]
			}
		}
	}
	return nil
}

// Fill gives the text with the values in place of the placeholders.
func Fill(text string, numbers []Number) string {
	var b strings.Builder
	for _, p := range Pieces(text, numbers) {
		b.WriteString(p.Text)
	}
	return b.String()
}

// Plain is what is written in a section, as running text with the numbers filled in.
func (f Filled) Plain(numbers []Number) string {
	var lines []string
	switch f.Kind {
	case Answers:
		for _, a := range f.Answers {
			lines = append(lines, a.Text)
		}
	case Promises:
		for _, p := range f.Promises {
			lines = append(lines, p.Target, p.Measure)
		}
	default:
		lines = append(lines, f.Text)
	}
	return Fill(strings.TrimSpace(strings.Join(lines, "\n")), numbers)
}

// Plain is the whole report's own words, without titles and without last year's items.
func (c Content) Plain() string {
	var all []string
	for _, s := range c.Sections {
		all = append(all, s.Plain(c.Numbers))
	}
	return strings.Join(all, "\n")
}
