package web

import (
	"net/http"
	"slices"

	"plumbline/internal/wording"
)

// healthz answers 200 when the program can serve.
func (s *Server) healthz(c *Ctx) error {
	if err := s.Ready(c.R.Context()); err != nil {
		http.Error(c.W, "not ready", http.StatusServiceUnavailable)
		return nil
	}
	c.W.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = c.W.Write([]byte("ok\n"))
	return nil
}

// setLang switches this browser's language, and that of the account that is signed in.
func (s *Server) setLang(c *Ctx) error {
	if err := c.speak(c.Value("lang")); err != nil {
		return err
	}
	return c.Go(Local(c.Value("back")), "")
}

// speak keeps the language that a reader chose; one that is not known changes nothing.
func (c *Ctx) speak(lang string) error {
	if !slices.Contains(wording.Languages, lang) {
		return nil
	}
	c.Lang = lang
	c.cookie(langCookie, lang, 365*24*3600)
	if !c.Actor.SignedIn() || c.Actor.Lang == lang {
		return nil
	}
	return c.srv.Rooms.Accounts.SetLanguage(c.R.Context(), c.Actor, lang)
}
