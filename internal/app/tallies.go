package app

import (
	"context"
	"strconv"
	"strings"
	"time"

	"plumbline/internal/ballot"
	"plumbline/internal/fault"
	"plumbline/internal/review/meeting"
	"plumbline/internal/review/report"
	"plumbline/internal/review/result"
	"plumbline/internal/store"
)

// tallies tells the results what the ballots say: the newest sealed round.
type tallies struct{}

func (tallies) Sealed(ctx context.Context, r store.Reader, cycle int64) (s result.Sealed, ok bool, err error) {
	round, err := ballot.LatestSealed(ctx, r, cycle)
	if fault.KindOf(err) == fault.NotFound {
		return s, false, nil
	}
	if err != nil {
		return s, false, err
	}
	papers, err := ballot.Papers(ctx, r, round.ID)
	if err != nil {
		return s, false, err
	}
	counts, err := ballot.Counts(ctx, r, round.ID)
	if err != nil {
		return s, false, err
	}
	s = result.Sealed{Round: round.No, Digest: round.Digest, PlanDigest: round.PlanDigest,
		Tallies: ballot.Tallies(counts, func(id int64) string { return strconv.FormatInt(id, 10) })}
	for _, p := range papers {
		s.Papers = append(s.Papers, result.Paper{Class: p.Class, Entitled: p.Entitled, Issued: p.Issued, Returned: p.Returned})
	}
	return s, true, nil
}

// results makes the room of results.
func (a *App) results() (*result.Service, error) {
	letters, err := result.LettersFromPack(a.Pack.Files)
	if err != nil {
		return nil, err
	}
	today := func(micros int64) string { return time.UnixMicro(micros).In(a.Zone).Format(time.DateOnly) }
	return result.New(a.Gate, a.DB, result.Ports{Ballots: tallies{}, Comments: remarks{}, Reports: reports{}, Today: today}, letters), nil
}

// remarks tells the letters what was confirmed about a unit at the meeting.
type remarks struct{}

func (remarks) Of(ctx context.Context, r store.Reader, cycle, unit int64) (good, bad, next []string, confirmed bool, err error) {
	list, err := meeting.ConfirmedOn(ctx, r, cycle, unit)
	for _, c := range list {
		good = append(good, paragraphs(c.Latest.Body.Affirm)...)
		for _, p := range c.Latest.Body.Problems {
			bad = append(bad, p.Text)
		}
		next = append(next, paragraphs(c.Latest.Body.Direct)...)
	}
	return good, bad, next, len(list) > 0, err
}

func (remarks) Standing(ctx context.Context, r store.Reader, cycle int64) (map[int64]result.Standing, error) {
	standing, err := meeting.StandingOf(ctx, r, cycle)
	out := map[int64]result.Standing{}
	for unit, st := range standing {
		out[unit] = result.Standing{Confirmed: st.Confirmed, Draft: st.Draft}
	}
	return out, err
}

// reports tells the letters whose report is not accepted.
type reports struct{}

func (reports) Open(ctx context.Context, r store.Reader, cycle int64) (map[int64]bool, error) {
	return report.NotAccepted(ctx, r, cycle)
}

// paragraphs takes a text apart at its line ends.
func paragraphs(text string) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
