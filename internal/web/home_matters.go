package web

import (
	"plumbline/internal/authz"
	"plumbline/internal/ledger"
	"plumbline/internal/web/ui"
)

// MattersBlock is what waits for the reader in the ledgers: a first screen shows it, and the list opens the rest.
type MattersBlock struct {
	Figures ui.KeyFigures
	Queues  []MattersQueue
}

// MattersQueue is the beginning of one queue.
type MattersQueue struct {
	Heading ui.Heading
	Table   ui.Table
}

const queueRows = 5

// mattersBlock gathers the reader's queues; nil where nothing waits.
func (s *Server) mattersBlock(c *Ctx) (*MattersBlock, error) {
	b := &MattersBlock{}
	b.Figures.Label = c.T("ledger.queues")
	today := s.Ledgers().Today(s.Now())
	states := map[string]string{ledger.QueueNobody: ui.Late, ledger.QueueLate: ui.Late, ledger.QueueSoon: ui.Soon}
	waits := int64(0)
	for _, q := range s.queuesOf(c) {
		n, err := s.Ledgers().CountTo(c.R.Context(), c.Actor, ledger.Filter{Queue: q}, today, mostWaiting)
		if err != nil {
			return nil, err
		}
		waits += n
		f := ui.Figure{Label: c.T("ledger.queue." + q), Value: upTo(n, mostWaiting), Href: "/matters?queue=" + q}
		if n > 0 {
			f.State = states[q]
		}
		b.Figures.Items = append(b.Figures.Items, f)
		if n == 0 || q == ledger.QueueSoon || (q == ledger.QueueLate && len(b.Queues) > 0) {
			continue
		}
		queue, err := s.mattersQueue(c, q, n)
		if err != nil {
			return nil, err
		}
		b.Queues = append(b.Queues, queue)
	}
	if waits == 0 {
		return nil, nil
	}
	return b, nil
}

// queuesOf are the queues that concern the reader.
func (s *Server) queuesOf(c *Ctx) []string {
	needs := map[string]authz.Action{ledger.QueueDo: authz.LedgerOwn, ledger.QueueApprove: authz.LedgerApprove, ledger.QueueVerify: authz.LedgerVerify, ledger.QueueBack: authz.LedgerVerify, ledger.QueueAsk: authz.LedgerAsk,
		ledger.QueueNobody: authz.LedgerApprove}
	var out []string
	for _, q := range ledger.Queues {
		if need := needs[q]; need == "" || c.MayAnywhere(need) {
			out = append(out, q)
		}
	}
	return out
}

func (s *Server) mattersQueue(c *Ctx, queue string, n int64) (MattersQueue, error) {
	today := s.Ledgers().Today(s.Now())
	list, err := s.Ledgers().List(c.R.Context(), c.Actor, ledger.Filter{Queue: queue, Limit: queueRows}, today)
	if err != nil {
		return MattersQueue{}, err
	}
	out := MattersQueue{Heading: ui.Heading{Text: c.T("ledger.queue." + queue), Count: upTo(n, mostWaiting)}}
	if n > queueRows {
		out.Heading.Actions = []ui.Button{{Text: c.T("ledger.queue_all"), Href: "/matters?queue=" + queue, Kind: "quiet"}}
	}
	out.Table, err = s.mattersTable(c, list, c.T("ledger.queue."+queue))
	out.Table.HideCaption = true
	return out, err
}
