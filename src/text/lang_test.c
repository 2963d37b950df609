#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "text/lang.h"

static void languages_of_plain_sentences(void **state)
{
    static const char *const rows[][2] = {
        {"en", "We would like to talk about the price of the next renewal before the quarter ends."},
        {"de", "Wir möchten vor dem Ende des Quartals über den Preis der nächsten Verlängerung sprechen."},
        {"fr", "Nous aimerions parler du prix du prochain renouvellement avant la fin du trimestre."},
        {"es", "Nos gustaría hablar sobre el precio de la próxima renovación antes de que termine el trimestre."},
        {"pt", "Gostaríamos de falar sobre o preço da próxima renovação antes do fim do trimestre, não é?"},
        {"nl", "Wij willen graag voor het einde van het kwartaal over de prijs van de verlenging praten."},
        {"ru", "Мы хотели бы поговорить о цене следующего продления до конца квартала."},
        {"ja", "四半期が終わる前に、次の更新の価格について話したいと思います。"},
        {"zh", "我们想在本季度结束之前谈谈下一次续约的价格。"},
        {"und", ""},
        {"und", "12345 --"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lang_guess g = lang_detect(str_of(rows[i][1]));
        if (strcmp(g.tag, rows[i][0]) != 0)
            fail_msg("row %zu: %s", i, g.tag);
        assert_int_equal(g.reliable, i < 9);
    }
}

static void turns_are_read_together(void **state)
{
    str parts[] = {STR("Ja."), STR("Wir hätten gern ein Angebot für zwanzig Plätze."), STR("Das können wir machen.")};
    struct lang_guess g = lang_detect_parts(parts, 3);

    (void)state;
    assert_string_equal(g.tag, "de");
    assert_true(g.reliable);
    assert_true(lang_unspaced(STR("ja")));
    assert_false(lang_unspaced(STR("en")));
}

int main(void)
{
    const struct CMUnitTest t[] = {
        cmocka_unit_test(languages_of_plain_sentences),
        cmocka_unit_test(turns_are_read_together),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
