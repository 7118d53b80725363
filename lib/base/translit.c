/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transliteration by table: runs of characters, each with a word ("_" for nothing), found by counting words; it is used
 * for names when things are set up, so compact beats quick. Hangul is composed by rule, Chinese by translit_han.c.
 */
#include "translit.h"

#include <string.h>

#include "utf8.h"

/* clang-format off */
static const struct {
    uint16_t first;
    uint16_t last;
    const char *words;
} runs[] = {
    { 0x00a0, 0x02af,
      "- - c- ps - y- - ss - -c- a - - _ -r- - deg - 2 3 _ u p - , 1 o - 1-4 1-2 3-4 - "
      "a a a a a a ae c e e e e i i i i d n o o o o o x o u u u u y th ss a a a a a a "
      "ae c e e e e i i i i d n o o o o o - o u u u u y th y a a a a a a c c c c c c c "
      "c d d d d e e e e e e e e e e g g g g g g g g h h h h i i i i i i i i i i ij ij "
      "j j k k k l l l l l l l l l l n n n n n n n ng ng o o o o o o oe oe r r r r r r "
      "s s s s s s s s t t t t t t u u u u u u u u u u u u w w y y y z z z z z z s b b "
      "b b 6 6 o c c d d d d d 3 - e f f g g hv i i k k l l w n n o o o oi oi p p yr 2 "
      "2 sh sh t t t t u u y v y y z z zh zh zh zh 2 5 5 ts w - - - - dz dz dz lj lj "
      "lj nj nj nj a a i i o o u u u u u u u u u u - a a a a ae ae g g g g k k o o o o "
      "zh zh j dz dz dz g g hv w n n a a ae ae o o a a a a e e e e i i i i o o o o r r "
      "r r u u u u s s t t y y h h n d ou ou z z a a e e o o o o o o o o y y l n t j "
      "db qp a c c l t s z - - b u - e e j j q q r r y y a a a b o c d d e - - e e e e "
      "j g g g g u y h h i i i l l l lz w w m n n n o oe o f r r r r r r r r r s s j s "
      "s t t u u v - w y y z z z z - - - c - b e g h j k l q - - dz dz dz ts ts tc fn "
      "ls lz ww - h h" },
    { 0x02b0, 0x02c8,
      "h h j r r r r w y _ - _ _ - - - - - - - - - - - _" },
    { 0x02e0, 0x02e4,
      "g l s x -" },
    { 0x0374, 0x03f9,
      "_ , - - - - _ - - - - - - - - - _ _ a - e e i - o - u o i a b g d e z e th i k "
      "l m n ks o p r - s t u ph kh ps o i u a e e i u a b g d e z e th i k l m n x o "
      "p r s s t u ph kh ps o i u o u o - b th u u u ph p - - - st st w w q q sp sp sh "
      "sh f f kh kh h h g g ch ch ti ti k r c j th e - - - s" },
    { 0x0400, 0x04f9,
      "ie io dj gj e dz i yi j lj nj tsh kj i u dzh a b v g d e zh z i i k l m n o p r "
      "s t u f kh ts ch sh shch _ y _ e iu ia a b v g d e zh z i i k l m n o p r s t u "
      "f kh ts ch sh shch _ y _ e iu ia ie io dj gj ie dz i yi j lj nj tsh kj i u dzh "
      "o o e e ie ie e e ie ie o o io io ks ks ps ps f f y y y y u u o o o o ot ot q q "
      "-1000- _ _ _ _ - -100-000- -1-000-000- - - - - r r g g g g g g zh zh z z k k k "
      "k k k k k n n ng ng p p kh kh s s t t u u u u kh kh tts tts ch ch ch ch h h ch "
      "ch ch ch - zh zh k k - - n n - - ch ch - - - a a a a ae ae ie ie - - - - zh zh "
      "z z dz dz i i i i o o o o o o e e u u u u u u ch ch - - y y" },
    { 0x0531, 0x0589,
      "a b g d e z e e t- zh i l kh ts k h dz gh ch m y n sh o ch- p j rh s v t r ts- "
      "w p- k- o f - - - _ - - , - - - a b g d e z e e t- zh i l kh ts k h dz gh ch m "
      "y n sh o ch- p j rh s v t r ts- w p- k- o f ew - -" },
    { 0x05b1, 0x05ea,
      "e a o i e e a a o _ u _ _ _ _ - _ _ - _ _ _ _ - - - - - - - - _ b g d h v z kh "
      "t y k k l m m n n s - p p ts ts q r sh t" },
    { 0x060c, 0x060c,
      "-" },
    { 0x0621, 0x06d4,
      "_ a _ w _ y _ b - t th j h kh d dh r z s sh s d t z - g - - - - - _ f q k l m n "
      "h w - y an un in a u i w _ _ _ _ - - - - - - - - - - 0 1 2 3 4 5 6 7 8 9 - - , "
      "- - - _ _ _ _ _ _ w u y tt tth b t t p th bh h h ny dy h ch cch dd d d dt dh "
      "ddh d d d rr r r r r r r j r s s s s s t gh f f f v f ph q q kh k k k ng k g g "
      "n g g g l l l l n n n n n h ch hy h h - w oe oe u - - - - y - - - - - y y -" },
    { 0x06f0, 0x06f9,
      "0 1 2 3 4 5 6 7 8 9" },
    { 0x10a0, 0x10fa,
      "a b g d e v z t- i k l m n o p zh r s t u p- k- g q sh ch- c- z c ch x j h e y "
      "w xh oe - - - - - - - - - - a b g d e v z t- i k l m n o p zh r s t u p- k- g q "
      "sh ch- c- z c ch x j h e y w xh oe f - - - -" },
    { 0x1e00, 0x1fff,
      "a a b b b b b b c c d d d d d d d d d d e e e e e e e e e e f f g g h h h h h h "
      "h h h h i i i i k k k k k k l l l l l l l l m m m m m m n n n n n n n n o o o o "
      "o o o o p p p p r r r r r r r r s s s s s s s s s s t t t t t t t t u u u u u u "
      "u u u u v v v v w w w w w w w w w w x x x x y y z z z z z z h t w y a s s s ss "
      "d a a a a a a a a a a a a a a a a a a a a a a a a e e e e e e e e e e e e e e e "
      "e i i i i o o o o o o o o o o o o o o o o o o o o o o o o u u u u u u u u u u u "
      "u u u y y y y y y y y - - - - y y a a a a a a a a a a a a a a a a e e e e e e - "
      "- e e e e e e - - e e e e e e e e e e e e e e e e i i i i i i i i i i i i i i i "
      "i o o o o o o - - o o o o o o - - u u u u u u u u - u - u - u - u o o o o o o o "
      "o o o o o o o o o a a e e e e i i o o u u o o - - a a a a a a a a a a a a a a a "
      "a e e e e e e e e e e e e e e e e o o o o o o o o o o o o o o o o a a a a a - a "
      "a a a a a a _ i _ - - e e e - e e e e e e e - _ - i i i i - - i i i i i i - - - "
      "- u u u u r r u u u u u u r - - - - - o o o - o o o o o o o _ - -" },
    { 0x200c, 0x2034,
      "_ _ _ _ - - - - - - - - _ _ , _ - - ,, - - - - - - - - - - - _ _ _ _ _ - -0 -00 "
      "_ _ _" },
    { 0x204a, 0x204b,
      "7 pp" },
    { 0x206a, 0x20af,
      "_ _ _ _ _ _ 0 _ _ _ 4 5 6 7 8 9 - - - - - n 0 1 2 3 4 5 6 7 8 9 - - - - - - a e "
      "o x - h k l m n p s t - - - ecu cl cr ff l mil n pts rs w ns d eur k t dr" },
    { 0x2122, 0x2122,
      "tm" },
    { 0x2150, 0x2183,
      "1-7 1-9 1-10 -1-3- -2-3- -1-5- -2-5- -3-5- -4-5- -1-6- -5-6- -1-8- -3-8- -5-8- "
      "-7-8- -1- i ii iii iv v vi vii viii ix x xi xii l c d m i ii iii iv v vi vii "
      "viii ix x xi xii l c d m - - - -" },
    { 0x3001, 0x3007,
      ",- - - - - - 0" },
    { 0x3041, 0x3094,
      "a a i i u u e e o o ka ga ki gi ku gu ke ge ko go sa za si zi su zu se ze so zo "
      "ta da ti di tu tu du te de to do na ni nu ne no ha ba pa hi bi pi hu bu pu he "
      "be pe ho bo po ma mi mu me mo ya ya yu yu yo yo ra ri ru re ro wa wa wi we wo n "
      "vu" },
    { 0x30a1, 0x30fc,
      "a a i i u u e e o o ka ga ki gi ku gu ke ge ko go sa za si zi su zu se ze so zo "
      "ta da ti di tu tu du te de to do na ni nu ne no ha ba pa hi bi pi hu bu pu he "
      "be pe ho bo po ma mi mu me mo ya ya yu yu yo yo ra ri ru re ro wa wa wi we wo n "
      "vu ka ke va vi ve vo _ _" },
    { 0xfb00, 0xfb06,
      "ff fi fl ffi ffl st st" },
    { 0xfb13, 0xfb4f,
      "mn me mi vn mkh - - - - - y - - - _ d h k l m r t - sh sh sh sh a a _ b g d h v "
      "z - t y k k l - m - n s - p p - ts q r sh t v b k p l" },
};
/* clang-format on */

/* What leaves no trace: combining marks, letter-like symbols, dingbats. */
static const struct {
    uint32_t first;
    uint32_t last;
} traceless[] = {
    { 0x0300, 0x036f }, { 0x0591, 0x05af }, { 0x20d0, 0x20f0 },
    { 0x2100, 0x2121 }, { 0x2123, 0x214f }, { 0x2460, 0x24ff },
    { 0x2600, 0x27bf }, { 0x302a, 0x302f }, { 0x10000, 0x10ffff }, // as the model: emoji vanish
};

/* The @index-th of @words. */
static const char *find_word(const char *words, size_t index, size_t *ret_length)
{
    for (; index; index--)
        words += strcspn(words, " ") + 1;
    *ret_length = strcspn(words, " ");
    return words;
}

static bool add_from_runs(uint32_t c, struct hass_buf *buf)
{
    for (size_t i = 0; i < sizeof(runs) / sizeof(*runs); i++) {
        if (c < runs[i].first || c > runs[i].last)
            continue;
        size_t length;
        const char *word = find_word(runs[i].words, c - runs[i].first, &length);
        if (*word != '_')
            hass_buf_add(buf, word, length);
        return true;
    }
    return false;
}

static bool is_traceless(uint32_t c)
{
    for (size_t i = 0; i < sizeof(traceless) / sizeof(*traceless); i++)
        if (c >= traceless[i].first && c <= traceless[i].last)
            return true;
    return false;
}

/* A Hangul syllable is an initial, a vowel and a final, numbered in that order. */
static void add_hangul(uint32_t c, struct hass_buf *buf)
{
    static const char *const initials[] = { "g",  "gg", "n", "d",  "dd", "r", "m", "b", "bb", "s",
                                            "ss", "",   "j", "jj", "c",  "k", "t", "p", "h" };
    static const char *const vowels[] = { "a",   "ae", "ya", "yae", "eo", "e",  "yeo",
                                          "ye",  "o",  "wa", "wae", "oe", "yo", "u",
                                          "weo", "we", "wi", "yu",  "eu", "yi", "i" };
    static const char *const finals[] = { "",   "g",  "gg", "gs", "n",  "nj", "nh", "d", "l",  "lg",
                                          "lm", "lb", "ls", "lt", "lp", "lh", "m",  "b", "bs", "s",
                                          "ss", "ng", "j",  "c",  "k",  "t",  "p",  "h" };
    uint32_t index = c - 0xac00;

    hass_buf_add_string(buf, initials[index / (21 * 28)]);
    hass_buf_add_string(buf, vowels[index / 28 % 21]);
    hass_buf_add_string(buf, finals[index % 28]);
}

static size_t base64_digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";

    return (size_t)(strchr(digits, c) - digits);
}

/* Each character is a word of its own. */
static void add_han(uint32_t c, struct hass_buf *buf)
{
    const char *digits = han_readings + (c - HAN_FIRST) * HAN_DIGITS;
    size_t number = base64_digit(digits[0]) * 64 + base64_digit(digits[1]);
    size_t length;

    if (number) {
        const char *syllable = find_word(han_syllables, number - 1, &length);
        hass_buf_add(buf, syllable, length);
    }
    hass_buf_add_char(buf, '-');
}

/* Full-width forms of ASCII. */
static void add_ascii(char c, struct hass_buf *buf)
{
    if (c == '\'')
        return;
    c = ascii_to_lower(c);
    hass_buf_add_char(buf, ascii_is_lower(c) || ascii_is_digit(c) || c == ',' ? c : '-');
}

void translit_add(uint32_t c, struct hass_buf *buf)
{
    if (c >= HAN_FIRST && c <= HAN_LAST)
        add_han(c, buf);
    else if (c >= 0xac00 && c <= 0xd7a3)
        add_hangul(c, buf);
    else if (c >= 0xff01 && c <= 0xff5e)
        add_ascii((char)(c - 0xfee0), buf);
    else if (!add_from_runs(c, buf) && !is_traceless(c))
        hass_buf_add_char(buf, '-');
}
