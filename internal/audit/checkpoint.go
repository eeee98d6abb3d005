package audit

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"plumbline/internal/store"
)

// Checkpoint is a signed statement of the log's size and root at a time.
type Checkpoint struct {
	Origin string // the installation's name, "plumbline/" and 16 hex digits
	Tree   Tree
	At     time.Time
	Text   string // the signed note, to be printed and kept elsewhere
	Key    string // the verifier key that checks it
}

const originKey, signerKey, verifierKey = "log.origin", "log.signer", "log.verifier"

// MakeKey gives the installation its name and signing key, once; later calls change nothing.
func MakeKey(ctx context.Context, tx *store.Tx) error {
	if _, err := fact(ctx, tx, originKey); err == nil || !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	id := make([]byte, 8)
	if _, err := rand.Read(id); err != nil {
		return err
	}
	origin := fmt.Sprintf("plumbline/%x", id)
	signer, verifier, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return err
	}
	for name, value := range map[string]string{originKey: origin, signerKey: signer, verifierKey: verifier} {
		if _, err := tx.Exec(ctx, `INSERT INTO instance (name, value) VALUES ($1, $2)`, name, value); err != nil {
			return err
		}
	}
	return nil
}

func fact(ctx context.Context, r store.Reader, name string) (value string, err error) {
	err = r.QueryRow(ctx, `SELECT value FROM instance WHERE name = $1`, name).Scan(&value)
	return value, err
}

// Sign makes a checkpoint of the log as it stands.
func Sign(ctx context.Context, r store.Reader, now time.Time) (Checkpoint, error) {
	var c Checkpoint
	size, err := Size(ctx, r)
	if err != nil {
		return c, err
	}
	c.Tree.Size, c.At = size, now.UTC().Truncate(time.Second)
	if c.Tree.Root, err = RootAt(ctx, r, size); err != nil {
		return c, err
	}
	secret, err := fact(ctx, r, signerKey)
	if err != nil {
		return c, err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return c, err
	}
	c.Origin = signer.Name()
	if c.Key, err = fact(ctx, r, verifierKey); err != nil {
		return c, err
	}
	body := fmt.Sprintf("%s\n%d\n%s\n%s\n", c.Origin, size, base64.StdEncoding.EncodeToString(c.Tree.Root[:]), c.At.Format(time.RFC3339))
	text, err := note.Sign(&note.Note{Text: body}, signer)
	c.Text = string(text)
	return c, err
}

// Key is the verifier key of this installation; it checks the signature of every checkpoint.
func Key(ctx context.Context, r store.Reader) (string, error) { return fact(ctx, r, verifierKey) }

// ParseCheckpoint reads a checkpoint and checks its signature with the verifier key. What copying does to the ends of
// lines changes nothing.
func ParseCheckpoint(text, key string) (Checkpoint, error) {
	c := Checkpoint{Text: text, Key: key}
	verifier, err := note.NewVerifier(strings.TrimSpace(key))
	if err != nil {
		return c, fmt.Errorf("the checkpoint's key can't be read: %w", err)
	}
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) + "\n"
	n, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return c, fmt.Errorf("the checkpoint's signature does not hold: %w", err)
	}
	lines := strings.Split(strings.TrimSuffix(n.Text, "\n"), "\n")
	if len(lines) != 4 {
		return c, fmt.Errorf("the checkpoint has %d lines instead of 4", len(lines))
	}
	c.Origin = lines[0]
	if c.Tree.Size, err = strconv.ParseInt(lines[1], 10, 64); err != nil || c.Tree.Size < 0 {
		return c, fmt.Errorf("the checkpoint's size %q is no number", lines[1])
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return c, fmt.Errorf("the checkpoint's root %q is no hash", lines[2])
	}
	copy(c.Tree.Root[:], root)
	c.At, err = time.Parse(time.RFC3339, lines[3])
	return c, err
}

// Agrees says whether the log still holds what the checkpoint saw. The log must have been verified before.
func (c Checkpoint) Agrees(ctx context.Context, r store.Reader) error {
	size, err := Size(ctx, r)
	if err != nil {
		return err
	}
	if size < c.Tree.Size {
		return fmt.Errorf("the log holds %d entries, the checkpoint of %s saw %d: entries are missing at the end",
			size, c.At.Format(time.RFC3339), c.Tree.Size)
	}
	root, err := RootAt(ctx, r, c.Tree.Size)
	if err != nil {
		return err
	}
	if root != c.Tree.Root {
		return fmt.Errorf("the first %d entries are not those that the checkpoint of %s saw", c.Tree.Size, c.At.Format(time.RFC3339))
	}
	return nil
}
