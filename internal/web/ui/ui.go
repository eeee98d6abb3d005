// Package ui is the look of Plumbline: static assets, the page frame, the
// components that pages are put together from, and charts drawn as SVG.
//
// It knows nothing of the domain. Pages hand it typed structs (Frame, Field,
// Table, …) and name a component template ("c-field", "c-table", …); docs/look.md
// shows one example of each. Everything works without JavaScript and under a
// content security policy of default-src 'self': no inline script, no style
// attribute, no data: address.
package ui

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"strings"
)

//go:embed templates/*.html
var templates embed.FS

// Wording holds the catalogues of the words that ui itself says: wording/ui.en.json
// and wording/ui.zh.json, each a flat object from key ("ui.…") to a string with
// {{.Arg}} placeholders, or to an object of plural forms.
//
//go:embed wording/*.json
var Wording embed.FS

// Translator says a key of the catalogue in the reader's language. args are
// pairs of name and value: t("ui.pager.range", "From", 1, "To", 50). The value
// named "Count" chooses the plural form.
type Translator func(key string, args ...any) string

// Parse combines one page file with the frame and every component. The page
// file defines "main" and may define "rail" (a second column on wide screens)
// and its own fragments; run "page" for the whole page or a fragment by name.
// funcs come from Funcs, plus what the page needs of its own.
func Parse(pages fs.FS, name string, funcs template.FuncMap) (*template.Template, error) {
	hasRail := false
	t := template.New("page-set").Funcs(funcs).Funcs(template.FuncMap{"hasrail": func() bool { return hasRail }})
	t, err := t.ParseFS(templates, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("ui: components: %w", err)
	}
	text, err := fs.ReadFile(pages, name)
	if err != nil {
		return nil, fmt.Errorf("ui: page: %w", err)
	}
	if _, err := t.New(name).Parse(string(text)); err != nil {
		return nil, fmt.Errorf("ui: page %s: %w", name, err)
	}
	if t.Lookup("main") == nil {
		return nil, fmt.Errorf("ui: page %s defines no \"main\"", name)
	}
	if hasRail = t.Lookup("rail") != nil; !hasRail {
		template.Must(t.New("rail").Parse(""))
	}
	return t, nil
}

// Render writes the whole page: data must embed a Frame. A template error is
// returned before a byte is written, so that an error page can still follow.
func Render(w io.Writer, t *template.Template, data any) error {
	return Fragment(w, t, "page", data)
}

// Fragment writes one named template of a page, as Render does.
func Fragment(w io.Writer, t *template.Template, name string, data any) error {
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, name, data); err != nil {
		return err
	}
	_, err := io.WriteString(w, b.String())
	return err
}
