package table

import (
	"encoding/xml"
	"io"
)

// tokens reads XML that nobody vouches for: a decoder holds a whole token and the names of all open
// elements in memory, so both are bounded here.
type tokens struct {
	*xml.Decoder
	in    *tokenBound
	depth int
}

const (
	maxToken = 4 << 20 // bytes
	maxDepth = 64      // workbooks go about ten deep
)

type tokenBound struct {
	r    io.Reader
	left int
}

func (b *tokenBound) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, &Problem{Code: BadSpreadsheet}
	}
	n, err := b.r.Read(p)
	b.left -= n
	return n, err
}

func newTokens(r io.Reader) *tokens {
	in := &tokenBound{r: r}
	return &tokens{Decoder: xml.NewDecoder(in), in: in}
}

// Token gives the next token, like that of xml.Decoder.
func (t *tokens) Token() (xml.Token, error) {
	t.in.left = maxToken
	token, err := t.Decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token.(type) {
	case xml.StartElement:
		if t.depth++; t.depth > maxDepth {
			return nil, &Problem{Code: BadSpreadsheet}
		}
	case xml.EndElement:
		t.depth--
	}
	return token, nil
}

// Skip reads to the end of the element whose start was read last.
func (t *tokens) Skip() error {
	for outside := t.depth - 1; t.depth > outside; {
		if _, err := t.Token(); err != nil {
			return err
		}
	}
	return nil
}
