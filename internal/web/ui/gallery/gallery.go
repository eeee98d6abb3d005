// Package gallery shows every component and chart of ui on a few pages, in both
// languages. Tests walk it; a developer may serve it. No page of the product
// leads here.
package gallery

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	texttemplate "text/template"
	"time"

	"plumbline/internal/web/ui"
)

//go:embed pages/*.html
var pages embed.FS

// Names are the pages of the gallery: /zh/forms, /en/forms, …
var Names = []string{"overview", "forms", "lists", "charts", "stage", "auth", "print"}

// policy is the content security policy of the product's pages.
const policy = "default-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'"

// Handler serves the gallery and the static files.
func Handler() (http.Handler, error) {
	mux := http.NewServeMux()
	mux.Handle("GET /static/", ui.Handler())
	for _, lang := range []string{"zh", "en"} {
		t, err := Translator(lang)
		if err != nil {
			return nil, err
		}
		for _, name := range Names {
			tmpl, err := ui.Parse(pages, "pages/"+name+".html", funcs(lang, t))
			if err != nil {
				return nil, err
			}
			mux.HandleFunc("GET /"+lang+"/"+name, func(w http.ResponseWriter, _ *http.Request) { show(w, tmpl, sample(lang, name)) })
			if name == "lists" {
				mux.HandleFunc("GET /"+lang+"/progress", func(w http.ResponseWriter, _ *http.Request) {
					p := sample(lang, name).Progress
					p.Done, p.Value = true, p.Max
					_ = ui.Fragment(w, tmpl, "c-progress", p)
				})
			}
		}
	}
	mux.HandleFunc("POST /save", save)
	return mux, nil
}

func show(w http.ResponseWriter, t *template.Template, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", policy)
	if err := ui.Render(w, t, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// save answers an autosave: text "expired" plays an ended session, "stale" a changed thing.
func save(w http.ResponseWriter, r *http.Request) {
	switch text := r.FormValue("problems"); {
	case r.Header.Get("X-Autosave") != "" && r.FormValue("_once") != "":
		http.Error(w, "an autosave used up the form's token", http.StatusBadRequest)
	case strings.Contains(text, "expired"):
		http.Redirect(w, r, "/zh/auth", http.StatusSeeOther)
	case strings.Contains(text, "stale"):
		w.WriteHeader(http.StatusConflict)
	default:
		w.Header().Set("X-Version", "2")
		w.WriteHeader(http.StatusNoContent)
	}
}

// funcs are ui's, and pick to write sample text in either language.
func funcs(lang string, t ui.Translator) template.FuncMap {
	f := ui.Funcs(ui.Locale{Lang: lang, Zone: time.FixedZone("CST", 8*3600)}, t)
	f["pick"] = func(zh, en string) string { return pick(lang, zh, en) }
	return f
}

func pick(lang, zh, en string) string {
	if lang == "zh" {
		return zh
	}
	return en
}

// Translator reads ui's own catalogue of one language.
func Translator(lang string) (ui.Translator, error) {
	b, err := ui.Wording.ReadFile("wording/ui." + lang + ".json")
	if err != nil {
		return nil, err
	}
	var words map[string]any
	if err := json.Unmarshal(b, &words); err != nil {
		return nil, err
	}
	return func(key string, args ...any) string {
		data := map[string]any{}
		for i := 0; i+1 < len(args); i += 2 {
			data[fmt.Sprint(args[i])] = args[i+1]
		}
		return say(words[key], key, lang, data)
	}, nil
}

func say(entry any, key, lang string, data map[string]any) string {
	text, ok := entry.(string)
	if forms, plural := entry.(map[string]any); plural {
		form := "other"
		if lang == "en" && fmt.Sprint(data["Count"]) == "1" {
			form = "one"
		}
		text, ok = forms[form].(string)
	}
	if !ok {
		return "[" + key + "]"
	}
	var b bytes.Buffer
	if err := texttemplate.Must(texttemplate.New("").Parse(text)).Execute(&b, data); err != nil {
		return "[" + key + "]"
	}
	return b.String()
}
