package web

import (
	"net/http"

	"plumbline/internal/web/ui"
)

// SurePage asks before something that its reader may not mean. Where JavaScript runs a dialog has asked already.
type SurePage struct {
	Page
	Question ui.Notice
	Path     string
	Fields   []ui.Pair
	Verb     ui.Button
	Back     ui.Button
}

// sureField comes with a form whose question was answered, in the dialog (static/app.js) or on a SurePage.
const sureField = "_sure"

// Sure says whether the question of the posted form was answered.
func (c *Ctx) Sure() bool { return c.Value(sureField) == "1" }

// AskFirst answers a posted form with the question that its button asks, and carries the form along: nothing is done
// before somebody says yes. back is where a no leads.
func (c *Ctx) AskFirst(question, verb, back string) error {
	p := &SurePage{Question: ui.Notice{Kind: "warn", Text: question}, Path: c.R.URL.RequestURI(), Verb: ui.Button{Text: verb, Kind: "primary"},
		Back: ui.Button{Text: c.T("sure.back"), Href: back}}
	p.Title, p.Fields = verb, append(resumeOf("", c.R.PostForm).Fields, ui.Pair{Name: sureField, Value: "1"})
	return c.RenderStatus(http.StatusUnprocessableEntity, "sure", p)
}
