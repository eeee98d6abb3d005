package web

import (
	"slices"

	"plumbline/internal/gate"
	"plumbline/internal/web/ui"
)

// langField comes with a form that its reader wants answered in another language. It is posted once more for that, and
// whatever it asks for is held back: a language button never does what the form's own button does.
const langField = "_lang"

// turn takes the language out of a posted form. The reader's choice is kept, and every verb of the request is held.
func (c *Ctx) turn() error {
	lang := c.R.PostForm.Get(langField)
	if lang == "" {
		return nil
	}
	c.R.PostForm = unwrapped(c.R.PostForm)
	c.R.Form = c.R.URL.Query()
	clean(c.R.Form)
	for name, values := range c.R.PostForm {
		c.R.Form[name] = append(slices.Clone(values), c.R.Form[name]...)
	}
	c.posted = c.R.PostForm
	if err := c.speak(lang); err != nil {
		return err
	}
	c.turned = true
	c.R = c.R.WithContext(gate.Hold(c.R.Context()))
	return nil
}

// turnable carries the form that a page answers, so that the same answer can be had in the other language; nil where
// nothing was posted that could be carried.
func (c *Ctx) turnable() *ui.Resend {
	if len(c.posted) == 0 {
		return nil
	}
	out := &ui.Resend{Path: c.R.URL.RequestURI()}
	for _, f := range resumeOf("", c.posted).Fields {
		out.Fields = append(out.Fields, ui.Pair{Name: resumeField + f.Name, Value: f.Value})
	}
	return out
}
