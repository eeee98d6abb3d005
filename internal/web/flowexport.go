package web

import (
	"io"
	"os"
	"path/filepath"
	"slices"

	"plumbline/internal/fault"
	"plumbline/internal/ledger"
)

// logTypes are the content types of event logs.
var logTypes = map[string]string{ledger.LogXES: "application/xml", ledger.LogOCELJSON: "application/json", ledger.LogOCELSQLite: "application/vnd.sqlite3",
	ledger.LogCSV: "text/csv; charset=utf-8"}

// exportFlow gives the history as an event log. The file is written whole before it is sent: an SQLite file can't be
// sent as it grows, and nobody's slow line holds the database.
func (s *Server) exportFlow(c *Ctx) error {
	format := c.Value("format")
	at := slices.IndexFunc(ledger.LogFormats, func(f struct{ ID, Ending string }) bool { return f.ID == format })
	if at < 0 {
		return fault.Missing()
	}
	a, err := s.flowAsked(c)
	if err != nil {
		return err
	}
	h, err := s.Ledgers().History(c.R.Context(), c.Actor, a.Filter, a.Period, s.Ledgers().Today(s.Now()))
	if err != nil {
		return err
	}
	return s.sendLog(c, h, format, c.T("flow.file")+"-"+stamp(s.Now().In(s.Zone))+ledger.LogFormats[at].Ending)
}

func (s *Server) sendLog(c *Ctx, h *ledger.History, format, name string) error {
	dir, err := os.MkdirTemp("", "plumbline-log-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "log")
	words := ledger.LogWords{Lang: c.Lang, T: func(key string) string { return c.T(key) }}
	if err := h.WriteLog(c.R.Context(), format, path, words); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(c.download(name, logTypes[format]), f)
	return err
}
