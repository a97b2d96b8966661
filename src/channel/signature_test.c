// SPDX-License-Identifier: Apache-2.0
#include "base/test.h"
#include "channel/signature.h"

// The example that the libraries of Standard Webhooks share.
TEST(a_message_is_signed_as_standard_webhooks_says)
{
    const char *signature;
    CHECK_OK(signature_of(cx, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                          "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}",
                          &signature));
    CHECK_TEXT(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(a_new_secret_signs_and_is_never_the_same)
{
    const char *one = signature_secret(cx), *other = signature_secret(cx), *signature;
    CHECK(!text_equal(one, other));
    CHECK_OK(signature_of(cx, one, "msg_1", 1, "{}", &signature));
    CHECK(text_starts(signature, "v1,"));
    CHECK_FAILS(signature_of(cx, "a password", "msg_1", 1, "{}", &signature), ERR_INVALID, "none");
}
