// Package demo builds a fictional city through the program's own verbs: last year's cycle from plan to closure, and this
// year's as it stands on the day after the meeting. Every name in it is invented; places and figures mean nothing.
//
// The builder moves a clock through a year and some months, so that the log, the deadlines and the ledgers look as
// they do in an office that has worked with the program that long.
package demo

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"plumbline/internal/app"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/wording"
)

//go:embed data
var data embed.FS

// Clock is the program's clock while the demo is built, and the machine's afterwards.
type Clock struct{ at atomic.Int64 }

// Now is what app.Config.Now takes.
func (c *Clock) Now() time.Time {
	if at := c.at.Load(); at != 0 {
		return time.UnixMicro(at).UTC()
	}
	return time.Now()
}

// Link signs in as one role with one click.
type Link struct {
	Name  string // of the person
	Role  wording.Text
	Place wording.Text
	Path  string
}

// builder holds what the steps hand to each other.
type builder struct {
	*app.App
	ctx    context.Context
	clock  *Clock
	lang   string
	today  string // the day after this year's meeting
	themes []theme
	units  map[string]org.Unit
	heads  map[string]int64 // who holds the reporting post of a unit now, by code
	who    map[string]login
	last   cycle.Cycle

	lives  map[string]lives
	events []event // what is still to happen in the ledgers, in the order of time
	end    int64   // nothing of it happens from then on
	failed error   // the first thing that could not
}

// theme is one subject of work, from what a report says of it to the mechanism that came of its finding.
type theme struct {
	ID        string       `json:"id"`
	Result    wording.Text `json:"result"`
	Problem   wording.Text `json:"problem"`
	Cause     wording.Text `json:"cause"`
	Goal      wording.Text `json:"goal"`
	Measure   wording.Text `json:"measure"`
	Progress  wording.Text `json:"progress"`
	Mechanism wording.Text `json:"mechanism"`
}

// Build fills an empty installation, whose clock c is, and gives a link for each role. lang is the language of what
// people wrote in it.
func Build(ctx context.Context, a *app.App, c *Clock, lang string) ([]Link, error) {
	b := &builder{App: a, ctx: ctx, clock: c, lang: lang, units: map[string]org.Unit{}, heads: map[string]int64{}, who: map[string]login{}}
	defer c.at.Store(0)
	b.today, b.end = time.Now().In(a.Zone).Format(time.DateOnly), time.Now().UnixMicro()
	text, err := data.ReadFile("data/themes.json")
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &b.themes); err != nil {
		return nil, err
	}
	for _, step := range []struct {
		name string
		do   func() error
	}{{"city", b.city}, {"accounts", b.accounts}, {"ledgers", b.ledgers}, {"design", b.design}, {"boards", b.boards}, {"last year", b.lastYear}, {"this year", b.thisYear}, {"yesterday", b.rest}} {
		if err := errors.Join(step.do(), b.failed); err != nil {
			return nil, fmt.Errorf("demo: %s: %w", step.name, err)
		}
	}
	return Links(ctx, a)
}

// day gives the date so many days from another, both YYYY-MM-DD.
func day(date string, days int) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		panic(err) // the demo's own dates
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}

// at moves the clock to an hour and minute of a date, unless it is already past it: time never runs backwards.
func (b *builder) at(date string, hour, minute int) {
	t, err := time.ParseInLocation(time.DateOnly, date, b.Zone)
	if err != nil {
		panic(err) // the demo's own dates
	}
	t = t.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	if now := time.Now(); t.After(now) {
		t = now
	}
	b.play(t.UnixMicro())
	if to := t.UnixMicro(); to > b.clock.at.Load() {
		b.clock.at.Store(to)
	}
}

// tick lets some minutes pass.
func (b *builder) tick(minutes int) {
	next := b.clock.at.Load() + int64(minutes)*60_000_000
	if next < time.Now().UnixMicro() {
		b.clock.at.Store(next)
	}
}

// say picks the demo's language.
func (b *builder) say(t wording.Text) string { return t.In(b.lang) }

// text is a pair of texts.
func text(zh, en string) wording.Text { return wording.Text{"zh": zh, "en": en} }

// themesOf gives the subjects of a unit in a year: the same unit keeps most of its subjects from year to year.
func (b *builder) themesOf(n, year, count int) []theme {
	var out []theme
	for i := range count {
		out = append(out, b.themes[(n*5+i*7+year%2*i)%len(b.themes)])
	}
	return out
}
