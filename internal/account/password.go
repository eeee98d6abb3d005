package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
)

// params are the cost of a password hash; memory is in KiB.
type params struct {
	memory  uint32
	time    uint32
	threads uint8
}

// current is OWASP's smallest recommendation for argon2id: about 30 ms and 19 MiB a hash.
var current = params{memory: 19 * 1024, time: 2, threads: 1}

const (
	saltSize = 16
	keySize  = 32
)

// hasher hashes and compares passwords, never more at once than there are processors, so that a crowd at the door can't
// take the machine's memory.
type hasher struct {
	params params
	room   chan struct{}
	decoy  string
}

func newHasher(p params) *hasher {
	h := &hasher{params: p, room: make(chan struct{}, runtime.NumCPU())}
	h.decoy = encode(p, make([]byte, saltSize), make([]byte, keySize))
	return h
}

func (h *hasher) key(ctx context.Context, p params, salt []byte, password string) ([]byte, error) {
	select {
	case h.room <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.room }()
	return argon2.IDKey([]byte(normalPassword(password)), salt, p.time, p.memory, p.threads, keySize), nil
}

// make hashes a new password into the usual text form, "$argon2id$v=19$m=…,t=…,p=…$salt$hash".
func (h *hasher) make(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails
	key, err := h.key(ctx, h.params, salt, password)
	if err != nil {
		return "", err
	}
	return encode(h.params, salt, key), nil
}

// verify compares a password with a stored hash. An empty or broken hash takes as long as any other and never matches.
// stale says that the hash was made with other parameters than today's and should be made anew.
func (h *hasher) verify(ctx context.Context, secret, password string) (ok, stale bool, err error) {
	p, salt, want, good := decode(secret)
	if !good {
		p, salt, want, _ = decode(h.decoy)
	}
	got, err := h.key(ctx, p, salt, password)
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(got, want) == 1 && good
	return ok, ok && p != h.params, nil
}

var b64 = base64.RawStdEncoding

func encode(p params, salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.time, p.threads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// decode takes a stored hash apart; parameters beyond reason count as broken, so that a damaged row can't take the
// machine's memory.
func decode(secret string) (p params, salt, key []byte, ok bool) {
	parts := strings.Split(secret, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, nil, nil, false
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.time, &p.threads); err != nil || n != 3 {
		return p, nil, nil, false
	}
	if p.memory < 8 || p.memory > 1<<20 || p.time < 1 || p.time > 64 || p.threads < 1 || p.threads > 16 {
		return p, nil, nil, false
	}
	salt, err1 := b64.DecodeString(parts[4])
	key, err2 := b64.DecodeString(parts[5])
	return p, salt, key, err1 == nil && err2 == nil && len(salt) >= 8 && len(key) == keySize
}

// newToken makes a token of 256 random bits, as text for a cookie or a link, and the digest that is kept of it.
func newToken() (token, kept string) {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	token = base64.RawURLEncoding.EncodeToString(b)
	return token, digest(token)
}

// crockford is an alphabet without letters that look like figures.
var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// newSetup makes the token of a setup link: 125 random bits in five groups, because it may be typed from paper.
func newSetup() (token, kept string) {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	text := crockford.EncodeToString(b)[:25]
	return text[:5] + "-" + text[5:10] + "-" + text[10:15] + "-" + text[15:20] + "-" + text[20:], digest(text)
}

var misread = strings.NewReplacer("-", "", " ", "", "o", "0", "i", "1", "l", "1")

// setupDigest is the digest of a setup token as somebody may have typed it.
func setupDigest(token string) string { return digest(misread.Replace(strings.ToLower(token))) }

func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
