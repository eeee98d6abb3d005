package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"plumbline/internal/store"
)

// Bounds of what a text may name: how many are looked for, and how long a name is.
const (
	mostCalled  = 20
	longestName = 40
)

// called resolves the names behind "@" in a text among the accounts that may read the matter: by the account's name, its
// login, or its person's name in either language, the longest that fits. missed are those that nobody goes by, or several
// do.
func (s *Service) called(ctx context.Context, r store.Reader, m Matter, text string) (told []Called, missed []string, err error) {
	for _, tail := range mentionsIn(text) {
		found, err := s.answering(ctx, r, m, namesIn(tail))
		if err != nil {
			return nil, nil, err
		}
		switch {
		case len(found) == 1:
			if !slices.ContainsFunc(told, func(c Called) bool { return c.Account == found[0].Account }) {
				told = append(told, found[0])
			}
		case !slices.Contains(missed, firstWord(tail)):
			missed = append(missed, firstWord(tail))
		}
	}
	return told, missed, nil
}

// answering are the accounts that go by the longest of the names.
func (s *Service) answering(ctx context.Context, r store.Reader, m Matter, names []string) (best []Called, err error) {
	if len(names) == 0 {
		return nil, nil
	}
	w := &where{}
	w.add("a.disabled = 0")
	w.conds = append(w.conds, s.reading(w, m))
	var ways []string
	for _, column := range []string{"a.name", "a.login", "p.name", "p.name_en"} {
		x := &where{args: w.args}
		inTexts(x, "LOWER("+column+")", names)
		ways, w.args = append(ways, x.String()), x.args
	}
	w.conds = append(w.conds, "("+strings.Join(ways, " OR ")+")")
	longest := 0
	err = store.Each(ctx, r, `SELECT DISTINCT a.id, a.name, a.login, COALESCE(p.name, ''), COALESCE(p.name_en, '') FROM role_grant g
		JOIN account a ON a.id = g.account_id LEFT JOIN person p ON p.id = a.person_id WHERE `+w.String()+` ORDER BY a.id`, w.args, func(rows *sql.Rows) error {
		var c Called
		var by [4]string
		if err := rows.Scan(&c.Account, &by[0], &by[1], &by[2], &by[3]); err != nil {
			return err
		}
		n := 0
		for _, name := range by {
			if name = strings.ToLower(name); slices.Contains(names, name) {
				n = max(n, len(name))
			}
		}
		if n > longest {
			longest, best = n, nil
		}
		if c.Name = by[0]; n == longest {
			best = append(best, c)
		}
		return nil
	})
	return best, err
}

// mentionsIn gives what follows each "@" of a text that is no part of an address, on its line.
func mentionsIn(text string) (tails []string) {
	before := ' '
	for i, c := range text {
		if (c == '@' || c == '＠') && !isWord(before) && len(tails) < mostCalled {
			tail, _, _ := strings.Cut(text[i+len(string(c)):], "\n")
			if runes := []rune(tail); len(runes) > longestName {
				tail = string(runes[:longestName])
			}
			if firstWord(tail) != "" {
				tails = append(tails, tail)
			}
		}
		before = c
	}
	return tails
}

// isWord says whether a character is a letter or figure of a script that parts its words, so that a name ends beside it.
func isWord(c rune) bool {
	return (unicode.IsLetter(c) || unicode.IsDigit(c) || c == '_') && !unicode.Is(unicode.Han, c)
}

// namesIn lists what a text may begin with that could be a name, in small letters: "王", "王五", "王五请" of "王五请核对", but only
// whole words of a script that parts them.
func namesIn(tail string) (names []string) {
	runes := []rune(strings.ToLower(tail))
	for n := 1; n <= len(runes); n++ {
		if n < len(runes) && isWord(runes[n-1]) && isWord(runes[n]) {
			continue
		}
		if name := strings.TrimSpace(string(runes[:n])); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// firstWord is how a name that was not found is said: up to the first space or mark, eight characters at most of Chinese.
func firstWord(tail string) string {
	n := 0
	for i, c := range tail {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '_' && c != '-' && c != '.' && c != '·' {
			return tail[:i]
		}
		if n++; unicode.Is(unicode.Han, c) && n > 8 {
			return tail[:i] + "…"
		}
	}
	return tail
}

// Callable are names that a text about a matter may want to call: of those who may read it, those who follow it, took a step
// of it or spoke of it, the actor left out, at most eight.
func (s *Service) Callable(ctx context.Context, actor int64, m Matter) ([]string, error) {
	w := &where{}
	w.add("a.disabled = 0 AND a.id <> ?", actor)
	w.conds = append(w.conds, s.reading(w, m))
	w.args = append(w.args, m.ID)
	n := len(w.args)
	return store.List(ctx, s.db, fmt.Sprintf(`SELECT DISTINCT a.name FROM role_grant g JOIN account a ON a.id = g.account_id WHERE %s AND (
		a.id IN (SELECT account_id FROM matter_event WHERE matter_id = $%d) OR a.id IN (SELECT account_id FROM matter_talk WHERE matter_id = $%d)
		OR a.id IN (SELECT account_id FROM matter_watch WHERE matter_id = $%d AND follows = 1)) ORDER BY a.name LIMIT 8`, w, n, n, n), w.args,
		func(rows *sql.Rows) (name string, err error) { return name, rows.Scan(&name) })
}
