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
	"text/template/parse"
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

// Parse combines one page file with the frame and the components that it uses.
// The page file defines "main" and may define "rail" (a second column on wide
// screens) and its own fragments; run "page" for the whole page or a fragment by
// name. funcs come from Funcs, plus what the page needs of its own.
func Parse(pages fs.FS, name string, funcs template.FuncMap) (*template.Template, error) {
	shared, err := ParseShared(funcs, nil)
	if err != nil {
		return nil, err
	}
	return shared.Parse(pages, name, funcs)
}

// Shared is the templates that pages have in common: the frame, the components, and a program's own blocks. They are
// parsed once; a page is given those that it uses, so that a hundred pages take little time and memory.
type Shared map[string]*parse.Tree

// ParseShared parses the frame, the components and the files of blocks (nil: none) that the patterns name.
func ParseShared(funcs template.FuncMap, blocks fs.FS, patterns ...string) (Shared, error) {
	t := template.New("page-set").Funcs(funcs).Funcs(template.FuncMap{"hasrail": func() bool { return false }})
	t, err := t.ParseFS(templates, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("ui: components: %w", err)
	}
	if blocks != nil {
		if t, err = t.ParseFS(blocks, patterns...); err != nil {
			return nil, fmt.Errorf("ui: blocks: %w", err)
		}
	}
	s := Shared{}
	for _, x := range t.Templates() {
		if x.Tree != nil {
			s[x.Name()] = x.Tree
		}
	}
	return s, nil
}

// Parse is the package's Parse with these templates.
func (s Shared) Parse(pages fs.FS, name string, funcs template.FuncMap) (*template.Template, error) {
	hasRail := false
	t := template.New("page-set").Funcs(funcs).Funcs(template.FuncMap{"hasrail": func() bool { return hasRail }})
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
	if err := s.give(t); err != nil {
		return nil, fmt.Errorf("ui: page %s: %w", name, err)
	}
	return t, nil
}

// give adds to a page whatever the frame and its own templates call, and what those call.
func (s Shared) give(t *template.Template) error {
	wanted := []string{"page"}
	for _, own := range t.Templates() {
		if own.Tree != nil {
			wanted = append(wanted, calls(own.Tree.Root)...)
		}
	}
	for len(wanted) > 0 {
		name := wanted[len(wanted)-1]
		wanted = wanted[:len(wanted)-1]
		if t.Lookup(name) != nil {
			continue
		}
		tree := s[name]
		if tree == nil {
			return fmt.Errorf("there is no template %q", name)
		}
		if _, err := t.AddParseTree(name, tree.Copy()); err != nil {
			return err
		}
		wanted = append(wanted, calls(tree.Root)...)
	}
	return nil
}

// calls lists the templates that a piece of a template runs.
func calls(n parse.Node) (names []string) {
	branch := func(b parse.BranchNode) {
		names = append(names, calls(b.List)...)
		if b.ElseList != nil {
			names = append(names, calls(b.ElseList)...)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, x := range n.Nodes {
			names = append(names, calls(x)...)
		}
	case *parse.IfNode:
		branch(n.BranchNode)
	case *parse.RangeNode:
		branch(n.BranchNode)
	case *parse.WithNode:
		branch(n.BranchNode)
	case *parse.TemplateNode:
		names = append(names, n.Name)
	}
	return names
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
